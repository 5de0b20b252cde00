import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as MemoryAccounts from "../../../layers/memory/accounts.ts"
import * as MemoryLedger from "../../../layers/memory/intent-ledger.ts"
import * as MemoryStore from "../../../layers/memory/store.ts"
import * as SealerLayer from "../../../layers/node-crypto/sealer.ts"
import { Channels } from "../../../src/connector/channel.ts"
import { EventLog } from "../../../src/inbound/event-log/event-log.ts"
import { type Erased, erasePerson, isForgetCursor } from "../../../src/inbound/erase/erase-person.ts"
import { personOf } from "../../../src/inbound/erase/person.ts"
import { encodeEvent } from "../../../src/inbound/event-log/event-codec.ts"
import { Sealer } from "../../../src/secrets/sealer.ts"
import { Personal } from "../../../src/domain/personal.ts"
import { fixtureChannels } from "../../fakes/channel.ts"
import { eventOf, idHash } from "../harness.ts"
import { into } from "../../support/into.ts"

const number = "5511987650042"

/** More pages than one request goes through. */
const testLayer = Layer.mergeAll(
  MemoryLedger.layer(),
  MemoryAccounts.layer(),
  fixtureChannels,
  SealerLayer.plain,
  idHash
).pipe(Layer.provideMerge(MemoryStore.layer({ partitions: 100 })))

const of = (n: number, from: string) => ({
  ...eventOf(n),
  personal: Personal.of({ providerId: `p-${n}`, from, content: { n } })
})

describe("resumed erasure", () => {
  it.effect("erasure resumes from its cursor until every partition was read, and its counts add up", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const sealer = yield* Sealer
      const channel = [...(yield* Channels).values()][0]
      const person = personOf(number)
      if (channel === undefined || person === undefined) return assert.fail("no channel or nobody")
      for (let n = 0; n < 100; n++) {
        const event = { ...of(n, n % 2 === 0 ? number : "5511900000000"), connector: channel.id }
        const entry = {
          key: event.eventId,
          sort: "event",
          consumers: ["runtime"],
          ...encodeEvent(sealer, event)
        } as const
        yield* log.admit(into(n, { nonce: `n-${n}`, entries: [entry] }))
      }
      const all: Array<Erased & { readonly next?: string }> = []
      let cursor: string | undefined
      do {
        const answer: Erased & { readonly next?: string } = yield* erasePerson({ channel, person }, cursor)
        all.push(answer)
        cursor = answer.next
        if (cursor !== undefined) assert.isTrue(isForgetCursor(cursor))
      } while (cursor !== undefined)
      assert.isAbove(all.length, 1)
      const sum = (name: "events" | "pending" | "unreadable") => all.reduce((total, one) => total + one[name], 0)
      assert.deepStrictEqual([sum("events"), sum("pending"), sum("unreadable")], [50, 50, 0])
      assert.deepInclude(yield* log.counts, { admitted: 100, pending: 50, deadLettered: 50 })
      const again = yield* erasePerson({ channel, person })
      assert.strictEqual(again.events, 0)
    }).pipe(Effect.provide(testLayer))
  )

  it("erasure rejects a foreign cursor", () => {
    for (const cursor of ["", "x", "log.1", "letters.1.", "log.1.a/b", `log.1.${"a".repeat(99)}`]) {
      assert.isFalse(isForgetCursor(cursor), cursor)
    }
  })
})
