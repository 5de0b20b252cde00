import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SealerLayer from "../../layers/node-crypto/sealer.ts"
import { type Channel, Channels } from "../../src/connector/channel.ts"
import { Personal } from "../../src/domain/personal.ts"
import { wholeRecord } from "../../src/inbound/event-log/event-log.ts"
import { finderOf } from "../../src/inbound/erase/find-person.ts"
import { normalizeItem } from "../../src/inbound/admit/normalize.ts"
import { personOf } from "../../src/inbound/erase/person.ts"
import { IntentLedger } from "../../src/outbound/ledger/intent-ledger.ts"
import { Intents } from "../../src/outbound/submit/intents.ts"
import { IdHash } from "../../src/secrets/id-hash.ts"
import { Sealer } from "../../src/secrets/sealer.ts"
import { fixtureChannels } from "../fakes/channel.ts"
import { harnessOf } from "../outbound/harness.ts"
import { channel as whatsapp } from "../plugins/whatsapp/channel.ts"

const whatsappChannels = Layer.effect(
  Channels,
  Effect.map(whatsapp, (one) => new Map([[one.id, one]]))
)

/** `fixture` has a lane for each recipient, `whatsapp` one for each conversation. The account of each has limits. */
const channels = [
  ["fixture", fixtureChannels, { connector: "fixture", account: "back", capability: "post", input: { text: "a" } }],
  [
    "whatsapp",
    whatsappChannels,
    { connector: "whatsapp", account: "support", capability: "text", input: { body: "a" } }
  ]
] as const

const numbers = Array.from({ length: 8 }, (_, n) => String(15_550_000_000 + n * 7_919_317))

/** Returns the record of an event as it is admitted, without the content: only the keyed hashes name the person. */
const admittedFrom = Effect.fnUntraced(function* (channel: Channel, number: string) {
  const hash = yield* IdHash
  const sealer = yield* Sealer
  const [account] = channel.accounts.values()
  if (account === undefined) return yield* Effect.die(new Error("expected an account"))
  const { providerAccount } = account
  const item = normalizeItem(
    { hash, sealer, partitions: 2, now: 1 },
    channel,
    {
      _tag: "Event",
      providerAccount,
      kind: "message",
      type: "message.text",
      identity: [`m-${number}`, "message"],
      weakIdentity: false,
      conversation: number,
      occurredAt: 1,
      personal: Personal.of({ providerId: "m", content: {} })
    },
    new Set([providerAccount])
  )
  return wholeRecord(item.entry)
})

/** Returns the accepted intents of every partition without their content. */
const accepted = Effect.gen(function* () {
  const ledger = yield* IntentLedger
  const pages = yield* Effect.forEach([0, 1], (partition) => ledger.stored(partition, 999))
  return pages.flatMap(({ entries }) =>
    entries.filter(({ state }) => state === "accepted").map((entry) => ({ ...entry, says: "" }))
  )
})

describe.each(channels)("erasure on %s", (id, layer, wish) => {
  it.effect.each(numbers)(
    "erasure of %s finds event, intent and limits by the hashes that admission and sending derive",
    (number) =>
      Effect.gen(function* () {
        const channel = (yield* Channels).get(id)
        const intents = yield* Intents
        if (channel === undefined) return assert.fail("expected the channel")
        const body = { ...wish, to: `+${number}` }
        yield* intents.submit({ namespace: "crm", key: "later", body, respondAsync: true })
        yield* Effect.forkChild(intents.submit({ namespace: "crm", key: "now", body }))
        yield* Effect.yieldNow
        const record = yield* admittedFrom(channel, number)
        const person = personOf(number)
        const other = personOf(`${number}7`)
        if (person === undefined || other === undefined) return assert.fail("expected a phone number")
        const finder = yield* finderOf({ channel, person })
        const others = yield* finderOf({ channel, person: other })
        const [intent] = yield* accepted
        if (intent === undefined) return assert.fail("expected an accepted intent")
        assert.strictEqual(yield* finder.inRecord("log", record), "named")
        assert.strictEqual(yield* others.inRecord("log", record), "other")
        assert.strictEqual(finder.inIntent(intent), "named")
        assert.strictEqual(others.inIntent(intent), "other")
        assert.strictEqual(yield* others.forgetRecipient, 0)
        assert.isAbove(yield* finder.forgetRecipient, 0)
      }).pipe(Effect.provide(Layer.mergeAll(harnessOf(layer), SealerLayer.plain)))
  )
})
