import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { conserved, inOrder, repeatsInPlace } from "./support/proof.ts"
import { scene } from "./support/scene.ts"
import { numbers, talk } from "./support/talk.ts"

const persons = numbers(8)

describe.concurrent("I2 I3 I8 a store that writes its log at once", () => {
  it.live("killed and started again, three times under load, has all that was answered", () =>
    Effect.gen(function* () {
      const { redis, at, runtime, replica } = yield* scene
      const [one, two] = [yield* replica, yield* replica]
      const talking = yield* Effect.forkScoped(talk(() => [one, two], persons, numbers(30)))
      for (const round of numbers(3, 1)) {
        yield* runtime.acknowledged(round * 40)
        yield* Effect.promise(redis.restart)
      }
      yield* Fiber.join(talking)
      yield* conserved(one, at, persons.length * 30)
      inOrder(runtime, persons, 30)
      repeatsInPlace(runtime, persons)
      for (const program of [one, two]) assert.isAtLeast((yield* program.line("store.back")).length, 1)
    })
  )

  it.live("stopped for longer than a partition is held, has all that was answered, and one owner a partition", () =>
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
