import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { type Secret, type SecretRef, SecretStore, SecretUnavailable } from "../../src/secrets/secret-store.ts"
import * as RecordedLog from "../fakes/log.ts"
import { layer, type Rotation, Secrets } from "../../src/secrets/secrets.ts"

const secret = (current: string, previous?: string): Secret =>
  previous === undefined
    ? { current: Redacted.make(current) }
    : { current: Redacted.make(current), previous: Redacted.make(previous) }

/** A store whose secrets a test rotates, and which counts how often it was read. */
const rotating = (given: Readonly<Record<SecretRef, Secret>>, rotation: Partial<Rotation> = { poll: 86_400_000 }) => {
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
    layer: layer(rotation).pipe(Layer.provide(store), Layer.provideMerge(RecordedLog.layer))
  }
}

const values = (secrets: ReadonlyArray<Redacted.Redacted<string>>) => secrets.map(Redacted.value)

describe("configured secrets", () => {
  it.effect("a secret is read at first use and then cached", () => {
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

  it.effect("G29 secrets are refreshed at most once in ten seconds", () => {
    const { layer, reads, secrets } = rotating({ a: secret("one") })
    return Effect.gen(function* () {
      const { handle, refresh } = yield* Secrets
      const a = yield* handle("a")
      yield* TestClock.adjust("10 seconds")
      secrets.set("a", secret("two", "one"))
      yield* refresh("a")
      assert.deepStrictEqual(values(a.candidates()), ["two", "one"])
      secrets.set("a", secret("three", "two"))
      yield* TestClock.adjust("9999 millis")
      yield* refresh("a")
      assert.deepStrictEqual(values(a.candidates()), ["two", "one"])
      assert.lengthOf(reads, 2)
      yield* TestClock.adjust("1 millis")
      yield* refresh("a")
      assert.deepStrictEqual(values(a.candidates()), ["three", "two"])
      assert.lengthOf(reads, 3)
    }).pipe(Effect.provide(layer))
  })

  it.effect("G29 secrets keep overlap and interval when the host's clock is set, back or forward", () => {
    const { layer, secrets } = rotating({ a: secret("one") })
    const wall = { step: 0 }
    return Effect.gen(function* () {
      const { handle, mayRefresh, refresh } = yield* Secrets
      const a = yield* handle("a")
      yield* refresh("a")
      secrets.set("a", secret("two"))
      for (const step of [-19_000, 86_400_000]) {
        wall.step += step
        assert.isFalse(mayRefresh("a"))
        yield* TestClock.adjust("10 seconds")
        assert.isTrue(mayRefresh("a"))
        yield* refresh("a")
        assert.deepStrictEqual(values(a.candidates()), ["two", "one"])
      }
      wall.step -= 172_800_000
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(values(a.candidates()), ["two"])
    }).pipe(
      Effect.provide(layer),
      Effect.updateService(Clock.Clock, (clock) => {
        const stepped: Clock.Clock = Object.assign(Object.create(clock), {
          currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + wall.step
        })
        return stepped
      })
    )
  })

  it.effect("G29 a refresh returns whether any secret was read meanwhile, also for another reason", () => {
    const { holdAt, layer } = rotating({ a: secret("one") }, { poll: 30_000 })
    return Effect.gen(function* () {
      const { handle, mayRefresh, refresh } = yield* Secrets
      yield* handle("a")
      assert.isTrue(mayRefresh("a"))
      assert.isTrue(yield* refresh("a"))
      assert.deepStrictEqual([mayRefresh("a"), mayRefresh("b"), yield* refresh("a")], [false, true, false])
      yield* TestClock.adjust("25 seconds")
      assert.deepStrictEqual([mayRefresh("a"), yield* refresh("a"), mayRefresh("a")], [true, true, false])
      const open = yield* Deferred.make<void>()
      holdAt(Deferred.await(open))
      yield* TestClock.adjust("5 seconds")
      assert.isTrue(mayRefresh("a"))
      const caller = yield* Effect.forkChild(refresh("a"), { startImmediately: true })
      yield* Deferred.succeed(open, undefined)
      assert.isTrue(yield* Fiber.join(caller))
    }).pipe(Effect.provide(layer))
  })

  it.effect("G29 concurrent callers share one refresh, and all of them wait for it", () => {
    const { holdAt, layer, reads, secrets } = rotating({ a: secret("one"), b: secret("x") })
    return Effect.gen(function* () {
      const { handle, refresh } = yield* Secrets
      const a = yield* handle("a")
      yield* handle("b")
      yield* TestClock.adjust("10 seconds")
      secrets.set("a", secret("two"))
      const open = yield* Deferred.make<void>()
      holdAt(Deferred.await(open))
      const callers = yield* Effect.forEach(Array.from({ length: 20 }), () =>
        Effect.forkChild(
          Effect.andThen(
            refresh("a"),
            Effect.sync(() => Redacted.value(a.current()))
          ),
          { startImmediately: true }
        )
      )
      yield* Deferred.succeed(open, undefined)
      const seen = yield* Effect.forEach(callers, Fiber.join)
      assert.deepStrictEqual(
        seen,
        Array.from({ length: 20 }, () => "two")
      )
      assert.deepStrictEqual(reads, ["a", "b", "a", "b"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("G29 a refresh completes although its caller was interrupted", () => {
    const { holdAt, layer, secrets } = rotating({ a: secret("one") })
    return Effect.gen(function* () {
      const { handle, refresh } = yield* Secrets
      const a = yield* handle("a")
      yield* TestClock.adjust("10 seconds")
      secrets.set("a", secret("two"))
      const open = yield* Deferred.make<void>()
      holdAt(Deferred.await(open))
      const caller = yield* Effect.forkChild(refresh("a"), { startImmediately: true })
      const gone = yield* Effect.forkChild(Fiber.interrupt(caller), { startImmediately: true })
      yield* Deferred.succeed(open, undefined)
      yield* Fiber.join(gone)
      assert.strictEqual(Redacted.value(a.current()), "two")
    }).pipe(Effect.provide(layer))
  })

  it.effect("a secret keeps its value while it cannot be read again", () => {
    const { layer, secrets } = rotating({ a: secret("one"), b: secret("x") })
    return Effect.gen(function* () {
      const { handle, refresh } = yield* Secrets
      const a = yield* handle("a")
      const b = yield* handle("b")
      yield* TestClock.adjust("10 seconds")
      secrets.delete("a")
      secrets.set("b", secret("y"))
      yield* refresh("a")
      assert.deepStrictEqual(
        [a, b].map(({ current }) => Redacted.value(current())),
        ["one", "y"]
      )
    }).pipe(Effect.provide(layer))
  })

  it.effect("two concurrent handles of a secret share one value", () => {
    const { holdAt, layer, secrets } = rotating({ a: secret("one") })
    return Effect.gen(function* () {
      const { handle, refresh } = yield* Secrets
      const open = yield* Deferred.make<void>()
      holdAt(Deferred.await(open))
      const handlesFiber = yield* Effect.forkChild(Effect.all([handle("a"), handle("a")], { concurrency: 2 }), {
        startImmediately: true
      })
      yield* Deferred.succeed(open, undefined)
      const handles = yield* Fiber.join(handlesFiber)
      yield* TestClock.adjust("10 seconds")
      secrets.set("a", secret("two"))
      yield* refresh("a")
      assert.deepStrictEqual(
        handles.map(({ current }) => Redacted.value(current())),
        ["two", "two"]
      )
    }).pipe(Effect.provide(layer))
  })

  it.effect("secrets are polled, and each rotation is logged by name and version alone", () => {
    const { layer, secrets } = rotating({ "meta/app-secret": secret("canary-one") }, { poll: 30_000 })
    return Effect.gen(function* () {
      const { handle } = yield* Secrets
      const log = yield* RecordedLog.RecordedLog
      const a = yield* handle("meta/app-secret")
      secrets.set("meta/app-secret", { ...secret("canary-two"), version: "7" })
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(Redacted.value(a.current()), "canary-two")
      yield* TestClock.adjust("5 minutes")
      assert.deepStrictEqual(
        log.of("secret.rotated").map(({ fields }) => [fields.secret, fields.version]),
        [["meta/app-secret", "7"]]
      )
      assert.notInclude(JSON.stringify(log.lines), "canary")
    }).pipe(Effect.provide(layer))
  })

  it.effect("the previous version is accepted during the overlap and no longer, however the rotation is known", () => {
    const { layer, secrets } = rotating(
      { seen: secret("one"), told: secret("new", "old") },
      { poll: 30_000, overlap: 600_000 }
    )
    return Effect.gen(function* () {
      const { handle } = yield* Secrets
      const seen = yield* handle("seen")
      const told = yield* handle("told")
      yield* TestClock.adjust("5 minutes")
      assert.deepStrictEqual(values(told.candidates()), ["new", "old"])
      secrets.set("seen", secret("two"))
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(values(seen.candidates()), ["two", "one"])
      yield* TestClock.adjust("5 minutes")
      assert.deepStrictEqual(values(told.candidates()), ["new"])
      assert.deepStrictEqual(values(seen.candidates()), ["two", "one"])
      yield* TestClock.adjust("5 minutes")
      assert.deepStrictEqual(values(seen.candidates()), ["two"])
      assert.deepStrictEqual(values(seen.versions()), ["two", "one"])
      assert.deepStrictEqual(values(told.versions()), ["new", "old"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("the previous version is accepted only as long as the store's date of the change allows", () => {
    const long = { ...secret("new", "old"), since: -3_600_000 }
    const { layer } = rotating({ long }, { overlap: 600_000 })
    return Effect.gen(function* () {
      const { handle } = yield* Secrets
      assert.deepStrictEqual(values((yield* handle("long")).candidates()), ["new"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("the previous version is accepted for the whole overlap when the new one was written long before", () => {
    const { layer, secrets } = rotating(
      { a: { ...secret("one"), since: -86_400_000 } },
      { poll: 30_000, overlap: 600_000 }
    )
    return Effect.gen(function* () {
      const { handle } = yield* Secrets
      const a = yield* handle("a")
      secrets.set("a", { ...secret("two"), since: -7_200_000 })
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(values(a.candidates()), ["two", "one"])
      yield* TestClock.adjust("599 seconds")
      assert.deepStrictEqual(values(a.candidates()), ["two", "one"])
      yield* TestClock.adjust("1 seconds")
      assert.deepStrictEqual(values(a.candidates()), ["two"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("the previous version is accepted no longer when the store dates the same version again", () => {
    const { layer, secrets } = rotating(
      { a: { ...secret("two", "one"), since: 0 } },
      { poll: 30_000, overlap: 600_000 }
    )
    return Effect.gen(function* () {
      const { handle } = yield* Secrets
      const a = yield* handle("a")
      yield* TestClock.adjust("600 seconds")
      assert.deepStrictEqual(values(a.candidates()), ["two"])
      secrets.set("a", { ...secret("two", "one"), since: 600_000 })
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(values(a.candidates()), ["two"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("G29 secrets are read once for all callers while the store is slow", () => {
    const { holdAt, layer, reads } = rotating({ a: secret("one") })
    return Effect.gen(function* () {
      const { handle, refresh } = yield* Secrets
      yield* handle("a")
      yield* TestClock.adjust("10 seconds")
      holdAt(Effect.sleep("35 seconds"))
      const callers = yield* Effect.forEach(Array.from({ length: 20 }), () =>
        Effect.forkChild(refresh("a"), { startImmediately: true })
      )
      yield* TestClock.adjust("35 seconds")
      yield* Effect.forEach(callers, Fiber.join)
      assert.deepStrictEqual(reads, ["a", "a"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("a secret counts as unusable after three failed reads, and as usable again after a success", () => {
    const { layer, secrets } = rotating({ a: secret("one"), b: secret("x") }, { poll: 30_000 })
    return Effect.gen(function* () {
      const { handle, unusable } = yield* Secrets
      const log = yield* RecordedLog.RecordedLog
      const a = yield* handle("a")
      yield* handle("b")
      secrets.delete("a")
      yield* TestClock.adjust("60 seconds")
      assert.deepStrictEqual(unusable(), [])
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(unusable(), ["a"])
      assert.strictEqual(Redacted.value(a.current()), "one")
      yield* TestClock.adjust("10 minutes")
      assert.lengthOf(log.of("secret.unreadable"), 1)
      secrets.set("a", secret("one"))
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(unusable(), [])
      assert.lengthOf(log.of("secret.readable"), 1)
    }).pipe(Effect.provide(layer))
  })
})
