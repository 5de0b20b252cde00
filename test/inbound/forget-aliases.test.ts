import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as MemoryAccounts from "../../layers/memory/accounts.ts"
import * as MemoryLedger from "../../layers/memory/intent-ledger.ts"
import * as MemoryStore from "../../layers/memory/store.ts"
import * as SealerLayer from "../../layers/node-crypto/sealer.ts"
import { Channels } from "../../src/connector/channel.ts"
import { Personal } from "../../src/domain/personal.ts"
import { EventLog } from "../../src/inbound/event-log/event-log.ts"
import { erasePerson } from "../../src/inbound/erase/erase-person.ts"
import { personOf } from "../../src/inbound/erase/person.ts"
import { encodeEvent } from "../../src/inbound/event-log/event-codec.ts"
import { Aliases } from "../../src/partition/aliases.ts"
import { partitionOf } from "../../src/partition/partitions.ts"
import { IdHash } from "../../src/secrets/id-hash.ts"
import { Sealer } from "../../src/secrets/sealer.ts"
import { fixtureChannels } from "../fakes/channel.ts"
import { eventOf, idHash } from "./harness.ts"

const testLayer = Layer.mergeAll(
  MemoryLedger.layer(),
  MemoryAccounts.layer(),
  fixtureChannels,
  SealerLayer.plain,
  idHash
).pipe(Layer.provideMerge(MemoryStore.layer({ partitions: 4 })))

const phone = "15550001111"
const userId = "US.15550002222A"

it.effect.each([`+${phone}`, userId])("erasure by %s finds the events ordered under either id of a person", (givenId) =>
  Effect.gen(function* () {
    const log = yield* EventLog
    const sealer = yield* Sealer
    const hash = yield* IdHash
    const aliases = yield* Aliases
    const channel = (yield* Channels).get("fixture")
    const person = personOf(givenId)
    if (channel === undefined || person === undefined) return assert.fail("no channel or nobody")
    const of = (id: string) => hash.conversation(["fixture", "100", id])
    for (const [n, id] of [phone, userId, "15550003333"].entries()) {
      const event = {
        ...eventOf(n),
        connector: channel.id,
        conversation: of(id),
        personal: Personal.of({ providerId: `p-${n}`, content: { n } })
      }
      const entry = {
        key: event.eventId,
        sort: "event",
        consumers: ["runtime"],
        ...encodeEvent(sealer, event)
      } as const
      yield* log.admit({ nonce: `n${n}`, parts: [{ partition: partitionOf(event.conversation, 4), entries: [entry] }] })
    }
    yield* aliases.learn([{ alias: of(userId), conversation: of(phone) }])
    assert.strictEqual((yield* erasePerson({ channel, person })).events, 2)
    assert.deepStrictEqual(yield* aliases.related([of(phone)]), [of(phone)])
    assert.strictEqual((yield* log.counts).pending, 1)
  }).pipe(Effect.provide(testLayer))
)
