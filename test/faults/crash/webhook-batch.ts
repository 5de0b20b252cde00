import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import type { CrashLedger } from "../../../scripts/release/measurements.ts"
import { conserves, secrets } from "../../support/client.ts"
import { installation } from "../../support/program.ts"
import { provider } from "../../support/provider.ts"
import { receiver } from "../../support/receiver.ts"
import { becomes } from "../../support/test-bed.ts"
import { type Replica, replica } from "../support/replica.ts"
import { durableRedis } from "../support/scene.ts"
import type { Step } from "../support/steps.ts"
import { numbers, receivedOf, saidId, talk } from "../support/talk.ts"
import { Bundled } from "./bundled.ts"
import { dice } from "./plan.ts"

/** Counts of a batch of kills. */
export type WebhookBatch = Omit<CrashLedger, "v" | "kind" | "version" | "seed">

/** Points at which a gateway is killed while it admits and delivers. */
const steps: readonly [Step, ...ReadonlyArray<Step>] = [
  "EventLog.admit before",
  "EventLog.admit sent",
  "EventLog.admit after",
  "EventLog.pending before",
  "EventLog.pending after",
  "Runtime.deliver before",
  "Runtime.deliver sent",
  "Runtime.deliver after",
  "EventLog.acknowledge before",
  "EventLog.acknowledge sent",
  "EventLog.acknowledge after"
]

const people = numbers(8)
/** Webhooks of each person around a kill. */
const perKill = 4

/** Starts a gateway whose end the batch decides. */
const living = (start: Effect.Effect<Replica, unknown, Scope.Scope>) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
    const one = yield* Effect.provideService(Effect.orDie(start), Scope.Scope, scope)
    return { one, end: Effect.andThen(one.kill, Scope.close(scope, Exit.void)) }
  })

/**
 * Kills gateways at random points while people write, and then reads what the runtime acknowledged. The provider delivers a
 * webhook again until a gateway answers 200. The seed decides the points, and whether a second gateway lives.
 */
export const webhookBatch = (seed: number, first: number, kills: number) =>
  Effect.gen(function* () {
    const { entry, env } = yield* Bundled
    const redis = yield* durableRedis
    const runtime = yield* receiver(secrets["runtime/signing"])
    const graph = yield* provider()
    const installed = yield* installation({ redisUrl: redis.url, provider: graph.url, runtime: runtime.url })
    const start = replica(installed, { entry, env })
    let others: ReadonlyArray<Replica> = []
    let other = yield* living(start)
    let atThePoint = 0
    for (const number of numbers(kills)) {
      const next = dice(seed * 1_000_003 + first + number)
      const step = steps[Math.floor(next() * steps.length)] ?? steps[0]
      const pass = 1 + Math.floor(next() * 4)
      const victim = yield* living(start)
      const alone = next() < 0.5
      others = alone ? [] : [other.one]
      yield* victim.one.arm(step, { pass })
      const things = numbers(perKill, number * perKill)
      const talking = yield* Effect.forkScoped(talk(() => [victim.one, ...others], people, things))
      const there = yield* Effect.timeoutOption(victim.one.reached(step), "4 seconds")
      atThePoint += there._tag === "Some" ? 1 : 0
      yield* victim.end
      if (next() < 0.1) {
        yield* other.end
        other = yield* living(start)
      }
      others = [other.one]
      yield* Fiber.join(talking)
    }
    const counts = yield* becomes(other.one.counts, ({ pending }) => pending === 0)
    const arrivals = runtime.arrivals.all
    const expected = numbers(kills * perKill)
    const heard = people.map((person) => receivedOf(arrivals, person))
    const losses = heard.reduce((sum, one) => sum + expected.filter((n) => !one.includes(n)).length, 0)
    const idsOf = (providerId: string) =>
      new Set(arrivals.flatMap((arrival) => (arrival.providerId === providerId ? [arrival.eventId] : []))).size
    const twice = people.flatMap((person) => expected.filter((n) => idsOf(saidId(person, n)) > 1)).length
    const things = people.length * expected.length
    const disorder = heard.filter((one) => one.some((n, at) => at > 0 && n < (one[at - 1] ?? 0))).length
    return {
      kills,
      atThePoint,
      things,
      losses,
      duplicates: twice + Math.max(0, counts.admitted - things),
      otherFaults: disorder + (conserves(counts) ? 0 : 1) + runtime.forged.all.length,
      uncertain: heard.reduce((sum, one) => sum + one.length - new Set(one).size, 0)
    } satisfies WebhookBatch
  }).pipe(Effect.scoped)
