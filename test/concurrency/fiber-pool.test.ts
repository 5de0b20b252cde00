import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import { makeFiberPool } from "../../src/concurrency/fiber-pool.ts"

describe("fiber pool", () => {
  it.effect("a fiber pool starts fibers at once, and is empty when all of them have ended", () =>
    Effect.gen(function* () {
      const { awaitEmpty, run } = yield* makeFiberPool()
      const gate = yield* Deferred.make<void>()
      let begun = 0
      const one = Effect.andThen(
        Effect.sync(() => (begun += 1)),
        Deferred.await(gate)
      )
      // The second one begins a third when it ends.
      run(one)
      run(Effect.flatMap(one, () => Effect.sync(() => void run(one))))
      assert.strictEqual(begun, 2)
      const waiting = yield* Effect.forkChild(awaitEmpty, { startImmediately: true })
      assert.isUndefined(waiting.pollUnsafe())
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(waiting)
      assert.strictEqual(begun, 3)
    }).pipe(Effect.scoped)
  )

  it.effect("a fiber pool interrupts its fibers when the scope closes, and later ones before their first step", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { awaitEmpty, run } = yield* Scope.provide(makeFiberPool(), scope)
      const cut = run(Effect.never)
      yield* Scope.close(scope, Exit.void)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(cut)))
      let begun = false
      const late = run(Effect.sync(() => void (begun = true)))
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(late)))
      assert.isFalse(begun)
      yield* awaitEmpty
    })
  )
})
