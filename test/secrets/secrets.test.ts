import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { type Secret, type SecretRef, SecretStore, SecretUnavailable } from "../../src/secrets/secret-store.ts"
import { layer, Secrets } from "../../src/secrets/secrets.ts"

const secret = (current: string, previous?: string): Secret =>
  previous === undefined
    ? { current: Redacted.make(current) }
    : { current: Redacted.make(current), previous: Redacted.make(previous) }

/** A store whose secrets a test rotates, and which counts how often it was read. */
const rotating = (given: Readonly<Record<SecretRef, Secret>>) => {
  const secrets = new Map(Object.entries(given))
  const reads: Array<SecretRef> = []
  let gate: Effect.Effect<void> = Effect.void
  const store = Layer.succeed(SecretStore, {
    kind: "rotating",
    read: (ref) =>
      Effect.suspend(() => {
        reads.push(ref)
        const found = secrets.get(ref)
        const answer =
          found === undefined
            ? Effect.fail(new SecretUnavailable({ ref, reason: "it is not there", remedy: "put it there" }))
            : Effect.succeed(found)
        return Effect.andThen(gate, answer)
      })
  })
  return {
    secrets,
    reads,
    holdAt: (held: Effect.Effect<void>) => {
      gate = held
    },
    layer: layer.pipe(Layer.provide(store))
  }
}

const values = (secrets: ReadonlyArray<Redacted.Redacted<string>>) => secrets.map(Redacted.value)

describe("configured secrets", () => {
  it.effect("are read at first use and then kept", () => {
    const { layer, reads } = rotating({ a: secret("new", "old") })
    return Effect.gen(function* () {
      const { handle } = yield* Secrets
      const first = yield* handle("a")
      const second = yield* handle("a")
      assert.deepStrictEqual(reads, ["a"])
      assert.strictEqual(Redacted.value(first.current()), "new")
      assert.deepStrictEqual(values(second.candidates()), ["new", "old"])
      assert.strictEqual((yield* handle("b").pipe(Effect.flip))._tag, "SecretUnavailable")
    }).pipe(Effect.provide(layer))
  })

  it.effect("G29 are refreshed at most once in ten seconds", () => {
    const { layer, reads, secrets } = rotating({ a: secret("one") })
    return Effect.gen(function* () {
      const { handle, refresh } = yield* Secrets
      const a = yield* handle("a")
      yield* TestClock.adjust("10 seconds")
      secrets.set("a", secret("two", "one"))
      yield* refresh
      assert.deepStrictEqual(values(a.candidates()), ["two", "one"])
      secrets.set("a", secret("three", "two"))
      yield* TestClock.adjust("9999 millis")
      yield* refresh
      assert.deepStrictEqual(values(a.candidates()), ["two", "one"])
      assert.lengthOf(reads, 2)
      yield* TestClock.adjust("1 millis")
      yield* refresh
      assert.deepStrictEqual(values(a.candidates()), ["three", "two"])
      assert.lengthOf(reads, 3)
    }).pipe(Effect.provide(layer))
  })

  it.effect("G29 share one refresh among all who ask, and all of them wait for it", () => {
    const { holdAt, layer, reads, secrets } = rotating({ a: secret("one"), b: secret("x") })
    return Effect.gen(function* () {
      const { handle, refresh } = yield* Secrets
      const a = yield* handle("a")
      yield* handle("b")
      yield* TestClock.adjust("10 seconds")
      secrets.set("a", secret("two"))
      const open = yield* Deferred.make<void>()
      holdAt(Deferred.await(open))
      const askers = yield* Effect.forEach(Array.from({ length: 20 }), () =>
        Effect.forkChild(
          Effect.andThen(
            refresh,
            Effect.sync(() => Redacted.value(a.current()))
          ),
          { startImmediately: true }
        )
      )
      yield* Deferred.succeed(open, undefined)
      const seen = yield* Effect.forEach(askers, Fiber.join)
      assert.deepStrictEqual(
        seen,
        Array.from({ length: 20 }, () => "two")
      )
      assert.deepStrictEqual(reads, ["a", "b", "a", "b"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("G29 are refreshed to the end even if the one who asked has gone", () => {
    const { holdAt, layer, secrets } = rotating({ a: secret("one") })
    return Effect.gen(function* () {
      const { handle, refresh } = yield* Secrets
      const a = yield* handle("a")
      yield* TestClock.adjust("10 seconds")
      secrets.set("a", secret("two"))
      const open = yield* Deferred.make<void>()
      holdAt(Deferred.await(open))
      const asker = yield* Effect.forkChild(refresh, { startImmediately: true })
      const gone = yield* Effect.forkChild(Fiber.interrupt(asker), { startImmediately: true })
      yield* Deferred.succeed(open, undefined)
      yield* Fiber.join(gone)
      assert.strictEqual(Redacted.value(a.current()), "two")
    }).pipe(Effect.provide(layer))
  })

  it.effect("stay as they were where they cannot be read anew", () => {
    const { layer, secrets } = rotating({ a: secret("one"), b: secret("x") })
    return Effect.gen(function* () {
      const { handle, refresh } = yield* Secrets
      const a = yield* handle("a")
      const b = yield* handle("b")
      yield* TestClock.adjust("10 seconds")
      secrets.delete("a")
      secrets.set("b", secret("y"))
      yield* refresh
      assert.deepStrictEqual(
        [a, b].map(({ current }) => Redacted.value(current())),
        ["one", "y"]
      )
    }).pipe(Effect.provide(layer))
  })

  it.effect("that two ask for at the same time are one and the same", () => {
    const { holdAt, layer, secrets } = rotating({ a: secret("one") })
    return Effect.gen(function* () {
      const { handle, refresh } = yield* Secrets
      const open = yield* Deferred.make<void>()
      holdAt(Deferred.await(open))
      const asked = yield* Effect.forkChild(Effect.all([handle("a"), handle("a")], { concurrency: 2 }), {
        startImmediately: true
      })
      yield* Deferred.succeed(open, undefined)
      const handles = yield* Fiber.join(asked)
      yield* TestClock.adjust("10 seconds")
      secrets.set("a", secret("two"))
      yield* refresh
      assert.deepStrictEqual(
        handles.map(({ current }) => Redacted.value(current())),
        ["two", "two"]
      )
    }).pipe(Effect.provide(layer))
  })
})
