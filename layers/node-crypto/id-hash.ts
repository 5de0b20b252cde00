import { createHmac } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { ConversationId, CorrelationId, EventId, IntentId, QuarantineId } from "../../src/domain/ids.ts"
import { IdHash } from "../../src/secrets/id-hash.ts"
import { type BadKey, requireKey } from "./key.ts"
import { pooled } from "./random.ts"

const unchecked = { disableChecks: true } as const

/** HMAC-SHA256 under the pepper (base64 of 32 bytes) over the JSON array of kind and parts; the first 16 bytes, in hex. */
export const layer = (pepper: Redacted.Redacted<string>): Layer.Layer<IdHash, BadKey> =>
  Layer.effect(
    IdHash,
    Effect.map(requireKey("pepper", pepper), (key) => {
      const random = pooled(12)
      const hash = (kind: string, parts: ReadonlyArray<string>): string =>
        createHmac("sha256", key)
          .update(JSON.stringify([kind, parts]))
          .digest("hex")
          .slice(0, 32)
      const correlationOf = (drawn: string) =>
        CorrelationId.make(`cor_${drawn}${hash("correlation", [drawn]).slice(0, 8)}`, unchecked)
      const own = (text: string) => {
        const made = correlationOf(text.slice(4, 28))
        return made === text ? made : undefined
      }
      return IdHash.of({
        event: (parts) => EventId.make(`evt_${hash("event", parts)}`, unchecked),
        intent: (parts) => IntentId.make(`int_${hash("intent", parts)}`, unchecked),
        conversation: (parts) => ConversationId.make(`cnv_${hash("conversation", parts)}`, unchecked),
        quarantine: (parts) => QuarantineId.make(`qua_${hash("quarantine", parts)}`, unchecked),
        opaque: (parts) => hash("opaque", parts),
        correlation: () => correlationOf(random().toString("hex")),
        ownCorrelation: (text) => (/^cor_[0-9a-f]{32}$/.test(text) ? own(text) : undefined)
      })
    })
  )
