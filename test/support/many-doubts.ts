import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Channel } from "../../src/connector/channel.ts"
import { AccountId, CapabilityId, CorrelationId, IntentId, ProviderAccountId } from "../../src/domain/ids.ts"
import { fingerprintOf } from "../../src/outbound/doubt/look-alikes.ts"
import { IntentLedger } from "../../src/outbound/ledger/intent-ledger.ts"
import { IdHash } from "../../src/secrets/id-hash.ts"
import { unknown } from "../contracts/intent-ledger/subject.ts"

const text = "olá"

export const manyPeople = (many: number): ReadonlyArray<string> =>
  Array.from({ length: many }, (_, at) => String(900_000_000_000_000 + at))

/** Stores a text in doubt for each of these people, in the state that a failed send leaves. */
export const doubtsTo = Effect.fnUntraced(function* (channel: Channel, account: string, people: ReadonlyArray<string>) {
  const ledger = yield* IntentLedger
  const hash = yield* IdHash
  const sender = { connector: channel.id, providerAccount: ProviderAccountId.make(account) }
  const capability = channel.accounts.get("shop")?.capabilities.get("text") ?? assert.fail("no text")
  return yield* Effect.forEach(
    people,
    Effect.fnUntraced(function* (to, at) {
      const intentId = IntentId.make(`int_${(at + 1).toString(16).padStart(32, "0")}`)
      const { traits = {} } = yield* Effect.fromResult(capability.prepare({ text }, to))
      yield* ledger.claim({
        intentId,
        token: "token-1",
        content: "content",
        callMillis: 60_000,
        meta: {
          connector: channel.id,
          account: AccountId.make("shop"),
          capabilityId: CapabilityId.make("instagram.text"),
          protection: "verified",
          correlationId: CorrelationId.make(`cor_${"9".repeat(32)}`)
        },
        request: JSON.stringify({ connector: channel.id, account: "shop", capability: "text", to, input: { text } }),
        fingerprints: [fingerprintOf(hash, sender, traits)]
      })
      yield* ledger.settle(intentId, 1, "token-1", { state: "in_doubt", failure: unknown })
      return intentId
    }),
    { concurrency: 32 }
  )
})

export const echoTo = (mid: string) => ({ mid, is_echo: true, text })
