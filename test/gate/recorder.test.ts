import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Result from "effect/Result"
import * as Digest from "effect/crypto/Digest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Signature from "effect/crypto/Signature"
import { TestClock } from "effect/testing"
import { memoryEvidenceStore } from "../../layers/memory/deployment.ts"
import { InfraError } from "../../src/domain/failure.ts"
import { decodeEvidence, type GateEvidence } from "../../src/gate/evidence/evidence.ts"
import { EvidenceStore } from "../../src/gate/evidence/evidence-store.ts"
import { type FactSource, flushRegularly, makeRecorder } from "../../src/gate/evidence/recorder.ts"
import { verifyDocument } from "../../src/gate/evidence/seal.ts"
import { digest, genuine, release, rows } from "./genuine.ts"

/** Keys of two replicas. Each test trusts both. */
const replicaKeys = Effect.gen(function* () {
  const { generateKeyPair } = yield* Signature.Signature
  return yield* Effect.forEach(["one", "two"], (name) =>
    Effect.map(generateKeyPair(Signature.ed25519), (pair) => ({ id: digest(name), ...pair }))
  )
})
const optionsOf = Effect.fnUntraced(function* (at = 0) {
  const recorders = yield* Keys
  const key = recorders[at] ?? assert.fail("no key")
  return {
    rows,
    environment: "staging",
    deployment: "dep_staging",
    manifest: release,
    keys: Effect.succeed({ key, recorders })
  } as const
})
const recorderOf = (at = 0) => Effect.flatMap(optionsOf(at), makeRecorder)
const check = (one: GateEvidence) => Effect.flatMap(Keys, (keys) => verifyDocument(one, keys))

const find = (row: string) => genuine.find((one) => one.row === row) ?? assert.fail(`no genuine record of ${row}`)
const crash = find("3.1.1")
const sourceOf = ({ row, scope, genuine: isGenuine, by, account }: GateEvidence): FactSource => ({
  row,
  scope,
  genuine: isGenuine,
  by,
  ...(account === undefined ? {} : { account })
})

const records = Effect.gen(function* () {
  const { records: found } = yield* (yield* EvidenceStore).read
  return found.map(({ record }) =>
    Result.getOrElse(decodeEvidence(JSON.parse(record)), () => assert.fail("no evidence"))
  )
})
const crypto = Layer.mergeAll(
  Signature.layerWebCrypto.pipe(Layer.provide(SecureRandom.layerWebCrypto)),
  Digest.layerWebCrypto
)
class Keys extends Context.Service<Keys, Effect.Success<typeof replicaKeys>>()("test/Keys") {}
const services = Layer.effect(Keys, replicaKeys).pipe(Layer.provideMerge(Layer.merge(memoryEvidenceStore, crypto)))

describe("recorder", () => {
  it.effect("G41 observations of one fact become one signed record with their number", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_000_000)
      const recorder = yield* recorderOf()
      const note = recorder.source(sourceOf(crash))
      for (let n = 0; n < 3; n++) note("pass", crash.facts)
      assert.deepStrictEqual(yield* records, [])
      yield* recorder.flush
      yield* TestClock.adjust(5_000)
      note("pass", crash.facts)
      yield* recorder.flush
      const [one, ...more] = yield* records
      assert.isDefined(one)
      assert.deepStrictEqual(more, [])
      assert.deepInclude(one, { row: crash.row, count: 4, first: 1_000_000, at: 1_005_000, recorder: digest("one") })
      assert.strictEqual(yield* check(one ?? crash), "valid")
    }).pipe(Effect.provide(services))
  )

  it.effect("G41 two replicas that observe one fact at once lose no observation", () =>
    Effect.gen(function* () {
      const real = yield* EvidenceStore
      let reads = 0
      const both = yield* Latch.make()
      // The first two reads end together, so that each replica has read before the other one writes.
      const read = Effect.tap(real.read, () => (++reads < 2 ? both.await : both.open))
      const store = EvidenceStore.of({ ...real, read })
      const replicas = yield* Effect.forEach([0, 1], recorderOf).pipe(Effect.provideService(EvidenceStore, store))
      for (const replica of replicas) {
        const note = replica.source(sourceOf(crash))
        for (let n = 0; n < 5; n++) note("pass", crash.facts)
      }
      yield* Effect.forEach(replicas, ({ flush }) => flush, { concurrency: "unbounded" })
      assert.deepStrictEqual(
        (yield* records).map(({ count }) => count),
        [10]
      )
    }).pipe(Effect.provide(services))
  )

  it.effect("G41 1,000 boots leave one record of each result", () =>
    Effect.gen(function* () {
      for (let boot = 0; boot < 1_000; boot++) {
        const recorder = yield* recorderOf()
        recorder.source(sourceOf(crash))(boot % 2 === 0 ? "pass" : "fail", crash.facts)
        yield* recorder.flush
      }
      const found = yield* records
      assert.deepStrictEqual(found.map(({ result }) => result).toSorted(), ["fail", "pass"])
      assert.deepStrictEqual(
        found.map(({ count }) => count),
        [500, 500]
      )
    }).pipe(Effect.provide(services))
  )

  it.effect("G41 a forged record lends neither its count nor its time to a genuine one", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_000_000)
      const store = yield* EvidenceStore
      const recorder = yield* recorderOf()
      const note = recorder.source(sourceOf(crash))
      note("pass", crash.facts)
      yield* recorder.flush
      const [present] = (yield* store.read).records
      assert.isDefined(present)
      const forged = (present?.record ?? "").replace('"count":1', '"count":900').replace('"first":1000000', '"first":1')
      assert.notStrictEqual(forged, present?.record)
      const write = { id: present?.id ?? "", record: forged, at: 1_000_000, sticky: false }
      assert.strictEqual(yield* store.write({ ...write, replaces: present?.record ?? "" }), "written")
      note("pass", crash.facts)
      yield* recorder.flush
      const [one] = yield* records
      assert.deepInclude(one, { count: 1, first: 1_000_000 })
      assert.strictEqual(yield* check(one ?? crash), "valid")
    }).pipe(Effect.provide(services))
  )

  it.effect("G41 a failure that is deleted is written again, and its key is reported", () =>
    Effect.gen(function* () {
      const kept = new Map<string, string>()
      let isHidden = false
      const real = yield* EvidenceStore
      const store = EvidenceStore.of({
        read: Effect.map(real.read, ({ now, records: found }) => ({ now, records: isHidden ? [] : found })),
        write: (write) => {
          kept.set(write.id, write.record)
          return isHidden ? Effect.succeed("written") : real.write(write)
        }
      })
      const recorder = yield* Effect.provideService(recorderOf(), EvidenceStore, store)
      recorder.source(sourceOf(crash))("fail", crash.facts)
      yield* recorder.flush
      assert.deepStrictEqual(yield* recorder.vanished, [])
      isHidden = true
      kept.clear()
      yield* recorder.flush
      assert.deepStrictEqual(yield* recorder.vanished, [{ row: crash.row, scope: crash.scope, result: "fail" }])
      assert.strictEqual(kept.size, 1)
    }).pipe(Effect.provide(services))
  )

  it.effect("G41 a store that is away loses no observation", () =>
    Effect.gen(function* () {
      const real = yield* EvidenceStore
      const away = new InfraError({
        code: "store_unavailable",
        operation: "write evidence",
        certainty: "unknown",
        transient: true
      })
      let isAway = true
      const store = EvidenceStore.of({
        read: real.read,
        write: (write) => (isAway ? Effect.fail(away) : real.write(write))
      })
      const recorder = yield* Effect.provideService(recorderOf(), EvidenceStore, store)
      const note = recorder.source(sourceOf(crash))
      note("pass", crash.facts)
      note("pass", crash.facts)
      assert.strictEqual((yield* Effect.flip(recorder.flush))._tag, "InfraError")
      note("pass", crash.facts)
      isAway = false
      yield* recorder.flush
      assert.deepStrictEqual(
        (yield* records).map(({ count }) => count),
        [3]
      )
    }).pipe(Effect.provide(services))
  )

  it.effect("G41 a fact that no row of the policy reads is never signed, and holds up no other", () =>
    Effect.gen(function* () {
      const recorder = yield* recorderOf()
      recorder.source({ ...sourceOf(crash), row: "3.2:messenger.text" })("pass", {})
      recorder.source(sourceOf(crash))("pass", crash.facts)
      assert.strictEqual((yield* Effect.flip(recorder.flush))._tag, "EvidenceRefused")
      assert.deepStrictEqual(
        (yield* records).map(({ row }) => row),
        [crash.row]
      )
      yield* recorder.flush
      assert.lengthOf(yield* records, 1)
    }).pipe(Effect.provide(services))
  )

  it.effect("G41 the recorder writes every 30 seconds, and once more when the gateway stops", () =>
    Effect.gen(function* () {
      const failures: Array<string> = []
      const real = yield* EvidenceStore
      const written = yield* Queue.unbounded<string>()
      const store = EvidenceStore.of({
        read: real.read,
        write: (write) => Effect.tap(real.write(write), (answer) => Queue.offer(written, answer))
      })
      yield* Effect.gen(function* () {
        const recorder = yield* recorderOf()
        const reported = Effect.catch(recorder.flush, ({ _tag }) => Effect.sync(() => void failures.push(_tag)))
        yield* flushRegularly(reported, 2_000)
        const note = recorder.source(sourceOf(crash))
        note("pass", crash.facts)
        yield* TestClock.adjust("29 seconds")
        assert.lengthOf(yield* records, 0)
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* Queue.take(written), "written")
        note("fail", crash.facts, true)
      }).pipe(Effect.scoped, Effect.provideService(EvidenceStore, store))
      assert.deepStrictEqual(
        (yield* records).map(({ result, sticky }) => [result, sticky]),
        [
          ["pass", false],
          ["fail", true]
        ]
      )
      assert.deepStrictEqual(failures, [])
    }).pipe(Effect.provide(services))
  )
})
