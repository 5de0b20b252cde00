import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { redisServer } from "../../support/redis-server.ts"
import type { Step } from "../support/steps.ts"
import { bundled } from "./bundled.ts"
import { everyLevel, setupAt, type Level, type Wish, wish } from "./setup.ts"
import { type Point, pointsLater } from "./points.ts"
import { judge } from "./verdict.ts"

/** One gateway takes it in and is killed; those after it are killed too, each at a step, and the last one performs it. */
const killedAt = (point: Point, level: Level, ...heirsAt: ReadonlyArray<Step>) =>
  Effect.gen(function* () {
    const redis = yield* redisServer()
    const setup = yield* setupAt(redis.url)
    const one: Wish = { key: point.name.replaceAll(/\W/g, "-"), level, script: [point.turn, "answer"], later: true }
    const victim = yield* setup.start
    if (point.step !== undefined) yield* victim.arm(point.step)
    yield* Effect.forkScoped(Effect.exit(wish(victim, one)))
    yield* point.step === undefined ? setup.provider.asked(one.key) : victim.reached(point.step)
    yield* victim.kill
    for (const step of heirsAt) {
      const next = yield* setup.startArmed(step)
      yield* next.reached(step)
      yield* next.kill
    }
    const successor = yield* setup.start
    return { point, ...(yield* judge(successor, setup, one)) }
  }).pipe(Effect.scoped)

type End = Effect.Success<ReturnType<typeof killedAt>>

const holds = ({ point, found, effects, wrong }: End) => {
  const context = `killed ${point.name}: found ${found}, ${effects} effects`
  assert.deepStrictEqual(wrong, [], context)
  const begun = (point.left.includes("nothing") || point.left.includes("accepted")) && found === "sent"
  if (!begun) assert.include<string>(point.left, found, context)
  assert.strictEqual(effects, begun || point.acts ? 1 : 0, context)
}

layer(bundled, { concurrent: true, excludeTestServices: true, timeout: "1 minute" })(
  "I1 I2 G24 a gateway killed around what it has accepted",
  (it) => {
    for (const level of everyLevel) {
      it.effect(
        `an accepted intent (${level}) survives a kill at each of ${pointsLater.length} points, with at most one effect`,
        () =>
          Effect.map(
            Effect.forEach(pointsLater, (point) => killedAt(point, level), { concurrency: 3 }),
            (ends) => ends.forEach(holds)
          ),
        420_000
      )
    }

    it.effect(
      "an accepted intent without lane entry is queued and performed once, although the sweepers are killed too",
      () =>
        Effect.gen(function* () {
          const orphan = pointsLater.find(({ step }) => step === "IntentLanes.enqueue before")
          if (orphan === undefined) return assert.fail("no such point")
          const steps = [
            "IntentLedger.waiting after",
            "IntentLanes.enqueue before",
            "IntentLanes.enqueue sent"
          ] as const
          const end = yield* killedAt(orphan, "verified", ...steps, "IntentLanes.advance after")
          assert.deepStrictEqual(end.wrong, [])
          assert.strictEqual(end.found, "sent")
          assert.strictEqual(end.effects, 1)
        }),
      420_000
    )
  }
)
