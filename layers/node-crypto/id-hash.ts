import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { ConversationId, CorrelationId, EventId, IntentId, QuarantineId } from "../../src/domain/ids.ts"
import { IdHash } from "../../src/secrets/id-hash.ts"
import { hmacSha256 } from "./hmac.ts"
import { type BadKey, requireKey } from "./key.ts"
import { markedIds } from "./marked-ids.ts"

const unchecked = { disableChecks: true } as const

/** HMAC-SHA256 under the pepper (base64 of 32 bytes) over the JSON array of kind and parts; the first 16 bytes, in hex. */
export const layer = (pepper: Redacted.Redacted<string>): Layer.Layer<IdHash, BadKey> =>
  Layer.effect(
    IdHash,
    Effect.map(requireKey("pepper", pepper), (key) => {
      const mac = hmacSha256(key.export())
      const hash = (kind: string, parts: ReadonlyArray<string>): string =>
        mac.ofText(JSON.stringify([kind, parts])).slice(0, 32)
      const threads = markedIds(key)
      return IdHash.of({
        event: (parts) => EventId.make(`evt_${hash("event", parts)}`, unchecked),
        intent: (parts) => IntentId.make(`int_${hash("intent", parts)}`, unchecked),
        conversation: (parts) => ConversationId.make(`cnv_${hash("conversation", parts)}`, unchecked),
        quarantine: (parts) => QuarantineId.make(`qua_${hash("quarantine", parts)}`, unchecked),
        opaque: (parts) => hash("opaque", parts),
        correlation: () => CorrelationId.make(`cor_${threads.next()}`, unchecked),
        ownCorrelation: (text) =>
          /^cor_[0-9a-f]{32}$/.test(text) && threads.isOurs(text.slice(4)) ? CorrelationId.make(text) : undefined
      })
    })
  )
