import { createCipheriv, createDecipheriv, hkdfSync, type KeyObject } from "node:crypto"
import * as Brand from "effect/Brand"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import {
  type ConversationId,
  CorrelationId,
  type EventId,
  type IntentId,
  type QuarantineId
} from "../../src/domain/ids.ts"
import { pieceBytes, type Pieces } from "../../src/domain/pieces.ts"
import { IdHash } from "../../src/secrets/id-hash.ts"
import { type HmacSha256, hmacSha256 } from "./hmac.ts"
import { type BadKey, pooled, requireKey } from "./key.ts"

const blockBytes = 16
const idsPerBatch = 256
const randomBytesPerId = 12

/**
 * Makes random ids that it can recognise: one AES block each, of 12 random bytes and 4 zero ones, under a key derived
 * from the pepper. It makes 256 in one call, so that one costs almost nothing.
 */
const markedIds = (pepper: KeyObject) => {
  const key = Buffer.from(hkdfSync("sha256", pepper, "", "comporta marked ids", 32))
  const cipher = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false)
  const random = pooled(randomBytesPerId)
  const plain = Buffer.alloc(blockBytes * idsPerBatch)
  let made = ""
  let used = 0

  const make = () => {
    for (let at = 0; at < plain.length; at += blockBytes) random().copy(plain, at)
    made = cipher.update(plain).toString("hex")
    used = 0
  }

  return {
    /** Returns 32 hex digits. */
    next: (): string => {
      if (used === made.length) make()
      used += 2 * blockBytes
      return made.slice(used - 2 * blockBytes, used)
    },
    isOurs: (hex: string): boolean => {
      const decipher = createDecipheriv("aes-256-ecb", key, null).setAutoPadding(false)
      const opened = decipher.update(Buffer.from(hex, "hex"))
      return opened.length === blockBytes && opened.readUInt32BE(randomBytesPerId) === 0
    }
  }
}

const windows1252 = new TextDecoder("windows-1252")

/**
 * Hashes the JSON array of kind, parts and body without making it whole. No character of windows-1252 is a half of
 * another, so the JSON of the body is that of its pieces, concatenated.
 */
function* hashBody(mac: HmacSha256, kind: string, parts: ReadonlyArray<string>, body: Uint8Array): Pieces<string> {
  const end = '"]]'
  const sum = mac.ofTexts()
  sum.add(JSON.stringify([kind, [...parts, ""]]).slice(0, -end.length))
  for (let from = 0; from < body.length; from += pieceBytes) {
    if (from > 0) yield
    sum.add(JSON.stringify(windows1252.decode(body.subarray(from, from + pieceBytes))).slice(1, -1))
  }
  sum.add(end)
  return sum.hex().slice(0, 32)
}

/** Brands without checks: ids made here have the right form. */
const eventId = Brand.nominal<EventId>()
const intentId = Brand.nominal<IntentId>()
const conversationId = Brand.nominal<ConversationId>()
const quarantineId = Brand.nominal<QuarantineId>()
const correlationId = Brand.nominal<CorrelationId>()

/**
 * HMAC-SHA256 under the pepper (base64 of 32 bytes) over the JSON array of kind and parts; the first 16 bytes, in hex.
 */
export const layer = (pepper: Redacted.Redacted<string>): Layer.Layer<IdHash, BadKey> =>
  Layer.effect(
    IdHash,
    Effect.map(requireKey("pepper", pepper), (key) => {
      const mac = hmacSha256(key.export())
      const hash = (kind: string, parts: ReadonlyArray<string>): string =>
        mac.ofText(JSON.stringify([kind, parts])).slice(0, 32)
      const threads = markedIds(key)
      return IdHash.of({
        event: (parts) => eventId(`evt_${hash("event", parts)}`),
        intent: (parts) => intentId(`int_${hash("intent", parts)}`),
        conversation: (parts) => conversationId(`cnv_${hash("conversation", parts)}`),
        quarantine: (parts) => quarantineId(`qua_${hash("quarantine", parts)}`),
        quarantineBody: function* (parts, body) {
          return quarantineId(`qua_${yield* hashBody(mac, "quarantine", parts, body)}`)
        },
        opaque: (parts) => hash("opaque", parts),
        correlation: () => correlationId(`cor_${threads.next()}`),
        ownCorrelation: (text) =>
          /^cor_[0-9a-f]{32}$/.test(text) && threads.isOurs(text.slice(4)) ? CorrelationId.make(text) : undefined
      })
    })
  )
