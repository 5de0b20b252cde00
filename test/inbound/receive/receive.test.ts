import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Channel } from "../../../src/connector/channel.ts"
import type { DecodedItem } from "../../../src/connector/inbound.ts"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { Json } from "../../../src/domain/json.ts"
import { pieceBytes } from "../../../src/domain/pieces.ts"
import * as Admit from "../../../src/inbound/admit/admit.ts"
import { EventLog } from "../../../src/inbound/event-log/event-log.ts"
import { maxElements, maxValues } from "../../../src/inbound/receive/parse-json.ts"
import { quarantineHeadOf } from "../../../src/inbound/event-log/quarantine-codec.ts"
import * as Receive from "../../../src/inbound/receive/receive.ts"
import { Personal } from "../../../src/domain/personal.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import { IdHash } from "../../../src/secrets/id-hash.ts"
import { Secrets } from "../../../src/secrets/secrets.ts"
import { fixtureChannel } from "../../fakes/channel.ts"
import { passes, refused } from "../../fakes/faults.ts"
import { EventLogFaults } from "../../fakes/event-log.ts"
import { RecordedLog } from "../../fakes/log.ts"
import { digest } from "../../plugins/digest.ts"
import { baseLayer } from "../harness.ts"

const webhook = (body: string, signature = "good") => ({
  headers: { "x-signature": signature },
  body: new TextEncoder().encode(body)
})

/** A channel whose signature is a word, and all that was asked of it and of the secrets, in order. */
const harness = Effect.gen(function* () {
  const steps: Array<string> = []
  const words = new Set(["good"])
  let refreshed = () => false
  let recentlyRead = false
  let broken: Error | undefined
  let become = (decoded: ReadonlyArray<DecodedItem>) => decoded
  let speaksFor = (_: string) => new Set(["100", "200"])
  const inner = yield* fixtureChannel()
  const channel: Channel = {
    ...inner,
    verify: ({ headers }) => {
      steps.push("verify")
      const word = String(headers["x-signature"])
      return words.has(word) ? { accounts: speaksFor(word), secret: Redacted.make(word) } : undefined
    },
    decode: (body) => {
      steps.push("decode")
      if (broken !== undefined) throw broken
      return become(inner.decode(body))
    }
  }
  const secrets = Layer.succeed(Secrets, {
    handle: () => Effect.die(new Error("nobody reads a secret by name here")),
    unusable: () => [],
    onRotated: () => undefined,
    mayRefresh: () => !recentlyRead,
    refresh: () =>
      Effect.sync(() => {
        steps.push("refresh")
        return refreshed()
      })
  })
  const context = yield* Layer.build(Receive.layer(digest).pipe(Layer.provide([Admit.layer, secrets])))
  const receive = (body: Json | string, signature?: string) =>
    Receive.Receive.use((gate) =>
      Effect.callback<Admit.Admitted | undefined, InfraError>((resume) =>
        gate.receive(channel, webhook(typeof body === "string" ? body : JSON.stringify(body), signature), resume)
      )
    ).pipe(Effect.provideContext(context))
  const onRefresh = (act: () => void) => {
    refreshed = () => {
      act()
      return true
    }
  }
  const speaking = (accounts: ReadonlyArray<string>) => {
    speaksFor = () => new Set(accounts)
  }
  const readLately = () => {
    recentlyRead = true
  }
  const breakDecode = (error: Error) => {
    broken = error
  }
  return {
    receive,
    readLately,
    steps,
    words,
    onRefresh,
    speaking,
    breakDecode,
    decodesTo: (other: typeof become) => {
      become = other
    },
    store: yield* EventLogFaults,
    log: yield* RecordedLog
  }
})

const message = { id: "m1", account: "100", from: "+1555" }

describe("received webhook", () => {
  it.effect("a webhook is verified, then decoded, then admitted", () =>
    Effect.gen(function* () {
      const { receive, steps, store } = yield* harness
      assert.deepStrictEqual(yield* receive([message, { ...message, id: "m2" }]), {
        admitted: 2,
        deduped: 0,
        quarantined: 0
      })
      assert.deepStrictEqual(steps, ["verify", "decode"])
      assert.isNotEmpty(store.calls.admit.all)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G28 an undecodable webhook is kept whole with its first items, and not once for each of thousands", () =>
    Effect.gen(function* () {
      const { receive, store } = yield* harness
      const strange = Array.from({ length: 3_000 }, (_, n) => ({ strange: n }))
      assert.deepStrictEqual(yield* receive(strange), { admitted: 0, deduped: 0, quarantined: strange.length })
      const records = store.calls.admit.all
        .flatMap(({ parts }) => parts.flatMap(({ entries }) => entries))
        .map(({ record, sealed = "" }) => record.length + sealed.length)
      assert.isAbove(Math.max(...records), JSON.stringify(strange).length)
      assert.isBelow(
        records.reduce((sum, bytes) => sum + bytes, 0),
        8 * 1_048_576
      )
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect(
    "G50 a webhook with too many items is quarantined as one bounded item with their number, and never decoded",
    () =>
      Effect.gen(function* () {
        const { receive, steps, store } = yield* harness
        for (const [body, count] of [
          [`[${"{},".repeat(maxElements)}{}]`, maxElements + 1],
          [`{"a":[{"b":[${"7,".repeat(400_000)}7]}]}`, 400_001]
        ] as const) {
          assert.deepStrictEqual(yield* receive(body), { admitted: 0, deduped: 0, quarantined: 1 })
          assert.deepStrictEqual(yield* receive(body), { admitted: 0, deduped: 1, quarantined: 0 })
          const [entry] = store.calls.admit.all.at(-1)?.parts[0]?.entries ?? []
          const head = quarantineHeadOf(entry?.record ?? "")
          assert.deepInclude(head, { reason: "payload", detail: "too_many_items", items: count })
          assert.isBelow(entry?.record.length ?? Infinity, 300_000)
        }
        assert.notInclude(steps, "decode")
      }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G50 a webhook with too many JSON values at any depth is quarantined as one item", () =>
    Effect.gen(function* () {
      const { receive, steps } = yield* harness
      const deep = (inner: string) => `${'{"a":'.repeat(20)}${inner}${"}".repeat(20)}`
      const keys = Array.from({ length: maxValues + 1 }, (_, n) => `"${n}":0`).join()
      for (const body of [deep(`[${"0,".repeat(maxValues)}0]`), deep(`{${keys}}`), `{${keys}}`]) {
        assert.deepStrictEqual(yield* receive(body), { admitted: 0, deduped: 0, quarantined: 1 })
      }
      assert.notInclude(steps, "decode")
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect(
    "G50 a webhook whose decoded items exceed the size limit is quarantined as one item with their number",
    () =>
      Effect.gen(function* () {
        const { receive, decodesTo, store } = yield* harness
        const shared = "x".repeat(100_000)
        const items = Array.from({ length: 1_000 }, (_, n) => ({ ...message, id: `m${n}` }))
        decodesTo((decoded) =>
          decoded.map((one) =>
            one._tag === "Event"
              ? { ...one, personal: Personal.of({ providerId: "m", content: null, contact: shared }) }
              : one
          )
        )
        assert.deepStrictEqual(yield* receive(items), { admitted: 0, deduped: 0, quarantined: 1 })
        const [entry] = store.calls.admit.all.at(-1)?.parts[0]?.entries ?? []
        assert.deepInclude(quarantineHeadOf(entry?.record ?? ""), { detail: "too_large_decoded", items: 1_000 })
      }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G28 a webhook of 1,000 items is admitted whole, in order, in batches of at most 256", () =>
    Effect.gen(function* () {
      const { receive, store } = yield* harness
      const items = Array.from({ length: 1_000 }, (_, n) => ({ ...message, id: `m${n}`, text: "x".repeat(100) }))
      assert.deepStrictEqual(yield* receive(items), { admitted: 1_000, deduped: 0, quarantined: 0 })
      const sizes = store.calls.admit.all.map(({ parts }) => parts.flatMap(({ entries }) => entries).length)
      assert.deepStrictEqual(sizes, [256, 256, 256, 232])
      const kept = (yield* (yield* EventLog).pending(
        partitionOf((yield* IdHash).conversation(["fixture", "100", "+1555"]), 2),
        "runtime",
        0,
        2_000
      )).map(({ record }) => record)
      assert.deepStrictEqual(
        kept.map((record) => /"id":"(m\d+)"/.exec(record)?.[1]),
        items.map(({ id }) => id)
      )
      assert.deepStrictEqual(yield* receive(items), { admitted: 0, deduped: 1_000, quarantined: 0 })
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("I3 a webhook with a failed batch is not admitted, and nothing after that batch is written", () =>
    Effect.gen(function* () {
      const { receive, store } = yield* harness
      const items = Array.from({ length: 1_000 }, (_, n) => ({ ...message, id: `m${n}` }))
      store.next("admit", passes, refused())
      assert.isTrue(Exit.isFailure(yield* Effect.exit(receive(items))))
      const log = yield* EventLog
      assert.deepInclude(yield* log.counts, { received: 256, admitted: 256 })
      assert.deepStrictEqual(yield* receive(items), { admitted: 744, deduped: 256, quarantined: 0 })
      const { received, admitted, deduped, quarantined } = yield* log.counts
      assert.strictEqual(received, admitted + deduped + quarantined)
    }).pipe(Effect.provide(baseLayer))
  )

  it.live("G50 a large webhook is decoded in bounded steps, and other webhooks are received in between", () =>
    Effect.gen(function* () {
      const { receive, log } = yield* harness
      const items = Array.from({ length: 5_000 }, (_, n) => ({ strange: n }))
      const large = yield* Effect.forkChild(receive(items), { startImmediately: true })
      let beside = 0
      while (large.pollUnsafe() === undefined) {
        assert.deepInclude(yield* receive([{ ...message, id: `beside-${beside}` }]), { admitted: 1 })
        beside += 1
      }
      assert.isAbove(beside, 20)
      assert.deepInclude(yield* Fiber.join(large), { quarantined: items.length })
      assert.isNotEmpty(log.lines)
    }).pipe(Effect.provide(baseLayer))
  )

  it.live("G50 a signed body of 3 MB with junk items is scanned and hashed in many turns of the event loop", () =>
    Effect.gen(function* () {
      const { receive } = yield* harness
      const body = `[${'{"a":1},'.repeat(370_000)}{}]`
      const junk = yield* Effect.forkChild(receive(body), { startImmediately: true })
      let turns = 0
      while (junk.pollUnsafe() === undefined) {
        yield* Effect.callback<void>((resume) => void setImmediate(() => resume(Effect.void)))
        turns += 1
      }
      assert.deepInclude(yield* Fiber.join(junk), { quarantined: 1 })
      assert.isAtLeast(turns, 2 * Math.floor(body.length / pieceBytes))
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a webhook on which the connector throws is not admitted, and its caller gets the defect", () =>
    Effect.gen(function* () {
      const { receive, store, breakDecode } = yield* harness
      breakDecode(new TypeError("a defect of the connector"))
      const exit = yield* Effect.exit(receive([message]))
      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
      assert.isEmpty(store.calls.admit.all)
    }).pipe(Effect.provide(baseLayer))
  )

  for (const body of [JSON.stringify([message]), "{", "[".repeat(5_000), ""]) {
    it.effect(`I6 an unsigned webhook reaches neither decoder, store nor log: ${body.slice(0, 12)}`, () =>
      Effect.gen(function* () {
        const { receive, steps, store, log } = yield* harness
        assert.isUndefined(yield* receive(body, "bad"))
        assert.deepStrictEqual(steps, ["verify", "refresh"])
        assert.lengthOf(store.calls.admit.all, 0)
        assert.lengthOf(log.lines, 0)
      }).pipe(Effect.provide(baseLayer))
    )
  }

  it.effect("G29 an unsigned webhook is rejected without a refresh when the secrets were read recently", () =>
    Effect.gen(function* () {
      const { receive, readLately, steps, store } = yield* harness
      readLately()
      assert.isUndefined(yield* receive([message], "bad"))
      assert.deepStrictEqual(steps, ["verify"])
      assert.lengthOf(store.calls.admit.all, 0)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G29 a webhook that a refreshed secret signed is admitted", () =>
    Effect.gen(function* () {
      const { receive, steps, words, onRefresh } = yield* harness
      onRefresh(() => words.add("rotated"))
      assert.deepInclude(yield* receive([message], "rotated"), { admitted: 1 })
      assert.deepStrictEqual(steps, ["verify", "refresh", "verify", "decode"])
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect(
    "G29 a webhook is admitted for the accounts of its signing secret, and its other items are quarantined",
    () =>
      Effect.gen(function* () {
        const { receive, speaking, log } = yield* harness
        speaking(["200"])
        const body = [message, { ...message, id: "m2", account: "200" }]
        assert.deepStrictEqual(yield* receive(body), { admitted: 1, deduped: 0, quarantined: 1 })
        const codes = log.of("inbound.quarantined").map(({ fields }) => fields.failureCode)
        assert.deepStrictEqual(codes, ["foreign_secret"])
        speaking(["100"])
        assert.deepStrictEqual(yield* receive(body), { admitted: 1, deduped: 0, quarantined: 1 })
        assert.deepStrictEqual(yield* receive(body), { admitted: 0, deduped: 2, quarantined: 0 })
      }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G29 a refreshed secret admits a webhook only for the accounts of that secret", () =>
    Effect.gen(function* () {
      const { receive, words, onRefresh, speaking } = yield* harness
      onRefresh(() => words.add("rotated"))
      speaking(["200"])
      assert.deepStrictEqual(yield* receive([message], "rotated"), { admitted: 0, deduped: 0, quarantined: 1 })
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a signed webhook that cannot be parsed is quarantined whole, and never decoded", () =>
    Effect.gen(function* () {
      const { receive, steps } = yield* harness
      const quarantined = { admitted: 0, deduped: 0, quarantined: 1 }
      for (const body of ["{", "", "[".repeat(5_000)]) assert.deepStrictEqual(yield* receive(body), quarantined)
      assert.deepStrictEqual(yield* receive("{"), { admitted: 0, deduped: 1, quarantined: 0 })
      assert.notInclude(steps, "decode")
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a signed webhook without items succeeds without a call to the store", () =>
    Effect.gen(function* () {
      const { receive, store } = yield* harness
      assert.deepStrictEqual(yield* receive([]), { admitted: 0, deduped: 0, quarantined: 0 })
      assert.lengthOf(store.calls.admit.all, 0)
    }).pipe(Effect.provide(baseLayer))
  )
})
