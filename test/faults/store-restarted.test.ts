import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { conserved, inOrder, repeatsInPlace } from "./support/proof.ts"
import { scene } from "./support/scene.ts"
import { numbers, talk } from "./support/talk.ts"

const persons = numbers(8)

describe.concurrent("I2 I3 I8 restart of a store with a synchronous log", () => {
  it.live("a store killed and restarted three times under load keeps all that was acknowledged", () =>
    Effect.gen(function* () {
      const { redis, at, runtime, replica } = yield* scene
      const [one, two] = [yield* replica, yield* replica]
      const talking = yield* Effect.forkScoped(talk(() => [one, two], persons, numbers(30)))
      for (const round of numbers(3, 1)) {
        yield* runtime.acknowledged(round * 40)
        yield* Effect.promise(() => redis.stop("SIGKILL"))
        // A gateway polls its store each second, and may miss a shorter outage.
        if (round === 3) for (const program of [one, two]) yield* program.line("store.away")
        yield* Effect.promise(redis.restart)
      }
      yield* Fiber.join(talking)
      yield* conserved(one, at, persons.length * 30)
      inOrder(runtime, persons, 30)
      repeatsInPlace(runtime, persons)
      for (const program of [one, two]) assert.isAtLeast((yield* program.line("store.back")).length, 1)
    })
  )

  it.live("a store stopped for longer than a lease keeps all that was acknowledged, with one owner per partition", () =>
    Effect.gen(function* () {
      const { redis, at, runtime, replica } = yield* scene
      const [one, two] = [yield* replica, yield* replica]
      const talking = yield* Effect.forkScoped(talk(() => [one, two], persons, numbers(10)))
      yield* runtime.acknowledged(30)
      yield* Effect.promise(() => redis.stop("SIGKILL"))
      yield* Effect.raceFirst(one.line("partition.lost"), two.line("partition.lost"))
      yield* Effect.promise(redis.restart)
      yield* Fiber.join(talking)
      yield* conserved(two, at, persons.length * 10)
      inOrder(runtime, persons, 10)
    })
  )
})
