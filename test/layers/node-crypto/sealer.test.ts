import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { memoryDataKeys } from "../../../layers/memory/deployment.ts"
import { layer, plain } from "../../../layers/node-crypto/sealer.ts"
import { DataKeys, Sealer } from "../../../src/secrets/sealer.ts"
import * as FakeLog from "../../fakes/log.ts"

const keyOf = (byte: number) => Redacted.make(Buffer.alloc(32, byte).toString("base64"))
const [first, second, third] = [keyOf(1), keyOf(2), keyOf(3)]

type Versions = ReadonlyArray<Redacted.Redacted<string>>

/** A process with these versions of the sealing key, on the store that the test has. */
const started = (versions: () => Versions) =>
  Effect.map(Layer.build(layer(versions)), (context) => Context.get(context, Sealer))
const opening = (sealed: string, ...versions: Versions) =>
  Effect.flatMap(
    started(() => versions),
    ({ open }) => open(sealed)
  )
const reasonOf = (sealed: string, ...versions: Versions) =>
  Effect.map(Effect.flip(opening(sealed, ...versions)), (error) =>
    error._tag === "Unreadable" ? error.reason : error._tag === "BadKey" ? error.what : error._tag
  )

const flip = (text: string, at: number) => `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`
const prefix = "1:00000000:".length
const store = Effect.provide(Layer.mergeAll(memoryDataKeys, FakeLog.layer))

describe("sealed texts", () => {
  it.effect("a sealed text opens to the original text", () =>
    Effect.gen(function* () {
      const { seal, open } = yield* started(() => [first])
      for (const text of ["", "olá, mundo", "\u{1F511}".repeat(5_000), "é".repeat(40_000), '{"a":1}', "\uFEFFmark"]) {
        assert.strictEqual(yield* open(seal(text)), text)
      }
    }).pipe(store)
  )

  it.effect("a sealed text shows nothing of its content and is never the same twice", () =>
    Effect.gen(function* () {
      const { seal } = yield* started(() => [first])
      const [one, two] = [seal("canary canary canary"), seal("canary canary canary")]
      assert.match(one, /^1:[0-9a-f]{8}:[A-Za-z0-9+/]+=*$/)
      assert.notStrictEqual(one, two)
      assert.notInclude(Buffer.from(one.slice(prefix), "base64").toString("latin1"), "canary")
    }).pipe(store)
  )

  it.effect("a sealed text that was changed anywhere is unreadable", () =>
    Effect.gen(function* () {
      const { seal, open } = yield* started(() => [first])
      const sealed = seal("pay 10 to alice")
      for (let at = prefix; at < sealed.length; at += 1) {
        if (sealed[at] === "=" || sealed[at + 1] === "=") continue
        assert.strictEqual((yield* Effect.flip(open(flip(sealed, at)))).reason, "not as it was sealed")
      }
      assert.strictEqual((yield* Effect.flip(open(sealed.slice(0, 20)))).reason, "not as it was sealed")
    }).pipe(store)
  )

  it.effect("a text in an unknown form or with a missing key is unreadable", () =>
    Effect.gen(function* () {
      const { open } = yield* started(() => [first])
      for (const text of ["", "x", "2:aaaaaaaa:AAAA", '{"plain":"json"}']) {
        assert.strictEqual((yield* Effect.flip(open(text))).reason, "not a sealed text")
      }
      const other = yield* Effect.map(
        started(() => [first]).pipe(Effect.provide(Layer.fresh(memoryDataKeys))),
        ({ seal }) => seal("x")
      )
      assert.match((yield* Effect.flip(open(other))).reason, /^sealed with key [0-9a-f]{8}, which is not here$/)
    }).pipe(store)
  )

  it.effect("a text without a sealing key is stored plain, and stays readable once there is a key", () =>
    Effect.gen(function* () {
      const { kind, open, seal } = yield* Sealer.pipe(Effect.provide(plain))
      assert.deepStrictEqual([kind, seal("text")], ["plain", "0:text"])
      assert.strictEqual(yield* open(seal("text")), "text")
      const sealed = yield* started(() => [first])
      assert.strictEqual(yield* sealed.open("0:text"), "text")
      assert.strictEqual((yield* Effect.flip(open(sealed.seal("x")))).reason, "sealed with an unknown key")
    }).pipe(store)
  )
})

class Lost extends Context.Service<Lost, { keys: Set<string> }>()("test/Lost") {}

/** Data keys that a test can delete. */
const losing = Layer.effectContext(
  Effect.gen(function* () {
    const inner = yield* DataKeys
    const lost: { keys: Set<string> } = { keys: new Set() }
    const present = Effect.map(inner.all, (all) => all.filter(({ id }) => !lost.keys.has(id)))
    const keys = DataKeys.of({
      ...inner,
      all: present,
      first: (key) => Effect.andThen(inner.first(key), present),
      restore: (all) =>
        Effect.andThen(
          inner.restore(all),
          Effect.sync(() => {
            for (const { id } of all) lost.keys.delete(id)
          })
        )
    })
    return Context.make(DataKeys, keys).pipe(Context.add(Lost, lost))
  })
)

const emptied = Effect.gen(function* () {
  const lost = yield* Lost
  for (const { id } of yield* DataKeys.use(({ all }) => all)) lost.keys = new Set([...lost.keys, id])
})

describe("G36 data keys", () => {
  it.effect("the data keys are stored wrapped, and only a sealing key unwraps them", () =>
    Effect.gen(function* () {
      const { seal } = yield* started(() => [first])
      const sealed = seal("canary")
      const [key] = yield* DataKeys.use(({ all }) => all)
      assert.match(key?.wrapped ?? "", /^[0-9a-f]{8}:[A-Za-z0-9+/]+=*$/)
      assert.strictEqual(yield* reasonOf(sealed, second), "sealing key of this store")
      assert.strictEqual(yield* opening(sealed, first), "canary")
    }).pipe(store)
  )

  it.effect("the data keys are the same for every process of a store", () =>
    Effect.gen(function* () {
      const many = yield* Effect.all(
        Array.from({ length: 8 }, () => started(() => [first])),
        { concurrency: "unbounded" }
      )
      const [one, ...others] = many
      for (const { open } of others) assert.strictEqual(yield* open(one?.seal("x") ?? ""), "x")
    }).pipe(store)
  )

  it.effect("the data keys are rewrapped when the sealing key is rotated, and every sealed text stays readable", () =>
    Effect.gen(function* () {
      let versions: Versions = [first]
      const { seal, open } = yield* started(() => versions)
      const before = seal("before")
      versions = [second, first]
      yield* TestClock.adjust("1 seconds")
      const after = seal("after")
      assert.strictEqual(yield* open(before), "before")
      assert.deepStrictEqual([yield* opening(before, second), yield* opening(after, second)], ["before", "after"])
      assert.strictEqual(yield* reasonOf(after, first), "sealing key of this store")
      versions = [third, second]
      yield* TestClock.adjust("1 seconds")
      assert.strictEqual(yield* opening(before, third), "before")
    }).pipe(store)
  )

  it.effect("the data keys are rewrapped by a process that starts with both sealing keys", () =>
    Effect.gen(function* () {
      const { seal } = yield* started(() => [first])
      const sealed = seal("x")
      assert.strictEqual(yield* opening(sealed, second, first), "x")
      assert.strictEqual(yield* opening(sealed, second), "x")
    }).pipe(store)
  )

  it.effect("the data keys survive an invalid version of the sealing key", () =>
    Effect.gen(function* () {
      let versions: Versions = [first]
      const { seal, open } = yield* started(() => versions)
      versions = [Redacted.make("not a key"), first]
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* open(seal("x")), "x")
    }).pipe(store)
  )

  it.effect("the sealer requires a sealing key that is base64 of 32 bytes", () =>
    Effect.gen(function* () {
      for (const versions of [[], [Redacted.make("hunter2")], [first, Redacted.make("hunter2")]]) {
        assert.strictEqual(yield* reasonOf("0:x", ...versions), "sealing key")
      }
    }).pipe(store)
  )

  it.effect("the data keys that were lost are restored by a process that knows them, and the log says so", () =>
    Effect.gen(function* () {
      const { open, seal } = yield* started(() => [first])
      const sealed = seal("x")
      const keys = yield* DataKeys
      const [before] = yield* keys.all
      yield* emptied
      yield* TestClock.adjust("3 seconds")
      assert.deepStrictEqual(
        (yield* keys.all).map(({ id }) => id),
        [before?.id]
      )
      assert.lengthOf(yield* FakeLog.RecordedLog.use(({ of }) => Effect.sync(() => of("store.keys_restored"))), 1)
      assert.strictEqual(yield* open(sealed), "x")
      assert.strictEqual(yield* opening(sealed, first), "x")
    }).pipe(Effect.provide(losing), store)
  )

  it.effect("the data keys that were lost are not created again when no process knows them", () =>
    Effect.gen(function* () {
      yield* Effect.scoped(started(() => [first]))
      yield* emptied
      assert.strictEqual((yield* Effect.flip(started(() => [first])))._tag, "DataKeysGone")
      assert.deepStrictEqual(yield* DataKeys.use(({ all }) => all), [])
    }).pipe(Effect.provide(losing), store)
  )

  it.effect("sealed bytes open to the same bytes, show nothing, and cannot be changed", () =>
    Effect.gen(function* () {
      const { sealBytes, openBytes } = yield* started(() => [first])
      const bytes = Buffer.from(Array.from({ length: 300 }, (_, at) => at % 256))
      const sealed = Buffer.from(sealBytes(bytes))
      assert.deepStrictEqual(Buffer.from(yield* openBytes(sealed)), bytes)
      assert.notInclude(sealed.toString("latin1"), bytes.subarray(10, 20).toString("latin1"))
      assert.strictEqual(sealed.length, bytes.length + 33)
      const changed = Buffer.from(sealed)
      changed[20] = (changed[20] ?? 0) ^ 1
      assert.strictEqual((yield* Effect.flip(openBytes(changed))).reason, "not as it was sealed")
      assert.strictEqual((yield* Effect.flip(openBytes(Buffer.of(7, 1, 2)))).reason, "not sealed bytes")
    }).pipe(store)
  )

  it.effect("bytes in the clear open without a key, and sealed bytes do not", () =>
    Effect.gen(function* () {
      const clear = yield* Sealer
      const bytes = Buffer.from("plain")
      assert.deepStrictEqual(Buffer.from(yield* clear.openBytes(clear.sealBytes(bytes))), bytes)
      const sealed = (yield* started(() => [first])).sealBytes(bytes)
      assert.strictEqual((yield* Effect.flip(clear.openBytes(sealed))).reason, "sealed with an unknown key")
    }).pipe(Effect.provide(plain), store)
  )
})
