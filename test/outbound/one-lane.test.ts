import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Channels } from "../../src/connector/channel.ts"
import { InfraError } from "../../src/domain/failure.ts"
import { IntentLedger } from "../../src/outbound/ledger/intent-ledger.ts"
import { Intents } from "../../src/outbound/submit/intents.ts"
import { Aliases } from "../../src/partition/aliases.ts"
import { IdHash } from "../../src/secrets/id-hash.ts"
import { channel } from "../plugins/whatsapp/channel.ts"
import { phoneNumberId } from "../plugins/whatsapp/samples/webhook.ts"
import { harnessOf } from "./harness.ts"

const whatsapp = harnessOf(
  Layer.effect(
    Channels,
    Effect.map(channel, (one) => new Map([[one.id, one]]))
  )
)
const userId = "US.15550001111A"
const phone = "15550001111"

const lanes = Effect.gen(function* () {
  const ledger = yield* IntentLedger
  const pages = yield* Effect.forEach([0, 1], (partition) => ledger.stored(partition, 99))
  return pages.flatMap(({ entries }) => entries).map(({ lane }) => lane)
})

const accept = (key: string, to: string) =>
  Intents.use((intents) =>
    intents.submit({
      namespace: "crm",
      key,
      body: { connector: "whatsapp", account: "support", capability: "text", to, input: { body: "a" } },
      respondAsync: true
    })
  )

it.effect(
  "I8 an intent is not accepted while aliases are unreadable, and later enters the right lane under the same key",
  () =>
    Effect.gen(function* () {
      const hash = yield* IdHash
      const of = (id: string) => hash.conversation(["whatsapp", phoneNumberId, id])
      const aliases = yield* Aliases
      yield* aliases.learn([{ alias: of(userId), conversation: of(phone) }])
      yield* accept("1", phone)
      const { find } = aliases
      const away = new InfraError({
        code: "store_timeout",
        operation: "find aliases",
        certainty: "unknown",
        transient: true
      })
      Object.assign(aliases, { find: () => Effect.fail(away) })
      const refused = yield* accept("2", userId)
      assert.deepStrictEqual([refused.state, refused.failure?.code], ["failed", "acceptance_unknown"])
      assert.lengthOf(yield* lanes, 1)
      Object.assign(aliases, { find })
      assert.strictEqual((yield* accept("2", userId)).state, "accepted")
      const all = yield* lanes
      assert.lengthOf(all, 2)
      assert.strictEqual(new Set(all).size, 1)
    }).pipe(Effect.provide(whatsapp))
)

it.effect("I8 accepted intents for all ids of a person share one lane once an alias links the ids", () =>
  Effect.gen(function* () {
    const hash = yield* IdHash
    const of = (id: string) => hash.conversation(["whatsapp", phoneNumberId, id])
    yield* accept("1", `+${phone}`)
    yield* accept("2", phone)
    yield* accept("3", "15550009999")
    yield* accept("4", userId)
    assert.strictEqual(new Set(yield* lanes).size, 3)
    const aliases = yield* Aliases
    yield* aliases.learn([{ alias: of(userId), conversation: of(phone) }])
    yield* accept("5", userId)
    const all = yield* lanes
    assert.lengthOf(all, 5)
    assert.strictEqual(new Set(all).size, 3)
    const most = [...new Set(all)].map((lane) => all.filter((one) => one === lane).length)
    assert.deepStrictEqual(most.sort(), [1, 1, 3])
  }).pipe(Effect.provide(whatsapp))
)
