import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { redisServer } from "../../support/redis-server.ts"
import type { Replica } from "../support/replica.ts"
import { bundled } from "./bundled.ts"
import { everyLevel, type Setup, setupAt, type Level, type Wish, wish } from "./setup.ts"
import { type Point, points } from "./points.ts"
import { judge } from "./verdict.ts"

const reach = (victim: Replica, { provider }: Setup, { step }: Point, { key }: Wish) =>
  step === undefined ? provider.asked(key) : victim.reached(step)

/** Kills a gateway at the point. Where there is another one, it is asked for the same meanwhile: it must not do it too. */
const killedAt = Effect.fnUntraced(function* (setup: Setup, point: Point, level: Level, other?: Replica) {
  const one: Wish = { key: `${point.name} ${level}`.replaceAll(" ", "-"), level, script: [point.turn, "answer"] }
  const victim = yield* setup.start
  if (point.step !== undefined) yield* victim.arm(point.step)
  const cut = yield* Effect.forkScoped(Effect.exit(wish(victim, one)))
  yield* reach(victim, setup, point, one)
  const meanwhile = other === undefined ? undefined : (yield* wish(other, one)).status
  yield* victim.kill
  assert.strictEqual((yield* Fiber.join(cut))._tag, "Failure")
  return { point, one, meanwhile }
})

const killedEverywhere = Effect.fnUntraced(function* (level: Level, replicas: number) {
  const redis = yield* redisServer()
  const setup = yield* setupAt(redis.url)
  const other = replicas === 2 ? yield* setup.start : undefined
  const killed = yield* Effect.forEach(points, (point) => Effect.scoped(killedAt(setup, point, level, other)), {
    concurrency: 2
  })
  const successor = other ?? (yield* setup.start)
  const ends = yield* Effect.forEach(
    killed,
    ({ point, one, meanwhile }) => Effect.map(judge(successor, setup, one), (end) => ({ ...end, point, meanwhile })),
    { concurrency: "unbounded" }
  )
  for (const { point, found, effects, meanwhile, wrong } of ends) {
    const context = `killed ${point.name}: found ${found}, ${effects} effects, the other one said ${meanwhile}`
    assert.deepStrictEqual(wrong, [], context)
    // What nobody had begun is begun by whoever asks next.
    const begun = point.left.includes("nothing") && found === "sent"
    if (!begun) assert.include<string>(point.left, found, context)
    assert.strictEqual(effects, begun || point.acts ? 1 : 0, context)
    const settled = begun || point.left.includes("sent")
    if (meanwhile !== undefined) assert.include(settled ? [200, 409] : [409], meanwhile, context)
  }
})

layer(bundled, { concurrent: true, excludeTestServices: true, timeout: "1 minute" })(
  "I1 I2 I4 a gateway killed while it sends",
  (it) => {
    for (const level of everyLevel) {
      for (const replicas of [1, 2]) {
        it.effect(
          `a gateway killed (${level}, replicas: ${replicas}) at each of ${points.length} points causes at most one effect and a visible end`,
          () => killedEverywhere(level, replicas),
          300_000
        )
      }
    }
  }
)
