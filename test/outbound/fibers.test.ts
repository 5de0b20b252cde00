import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import { makeFibers } from "../../src/outbound/fibers.ts"

describe("fibers of their own", () => {
  it.effect("begin at once, and none is left when all have ended", () =>
    Effect.gen(function* () {
      const { none, run } = yield* makeFibers()
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
      const waiting = yield* Effect.forkChild(none, { startImmediately: true })
      assert.isUndefined(waiting.pollUnsafe())
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(waiting)
      assert.strictEqual(begun, 3)
    }).pipe(Effect.scoped)
  )

  it.effect("are interrupted at the end of their scope, and after it before they begin", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { none, run } = yield* Scope.provide(makeFibers(), scope)
      const cut = run(Effect.never)
      yield* Scope.close(scope, Exit.void)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(cut)))
      let begun = false
      const late = run(Effect.sync(() => void (begun = true)))
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(late)))
      assert.isFalse(begun)
      yield* none
    })
  )
})
