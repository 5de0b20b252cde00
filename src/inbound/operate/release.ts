import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type Channel, Channels } from "../../connector/channel.ts"
import type { DecodedItem } from "../../connector/inbound.ts"
import type { InfraError } from "../../domain/failure.ts"
import type { EventId, QuarantineId } from "../../domain/ids.ts"
import { canonicalJson } from "../../domain/json.ts"
import { Personal } from "../../domain/personal.ts"
import { inTurns } from "../../domain/pieces.ts"
import { Sealer, type Unreadable } from "../../secrets/sealer.ts"
import { Admit } from "../admit/admit.ts"
import { EventRecords } from "../event-log/event-admin.ts"
import { itemsInPieces, tooLargeDecoded } from "../receive/large-webhooks.ts"
import { isEventItem, type Item, normalizeItem, type ItemTools } from "../admit/normalize.ts"
import { maxElements, parseBody } from "../receive/parse-json.ts"
import {
  quarantinedObject,
  decodedOf,
  type QuarantinedContent,
  openQuarantine,
  quarantineHeadOf,
  type QuarantineHead
} from "../event-log/quarantine-codec.ts"

export type Released =
  | {
      readonly _tag: "Released"
      readonly events: ReadonlyArray<EventId>
      readonly admitted: number
      readonly deduped: number
    }
  /** The item stays: `no_content` (too little was kept), `unknown_connector`, or a reason of quarantine that still applies. */
  | { readonly _tag: "StaysQuarantined"; readonly reason: string }

/** Decodes the event again with the present decoder. Returns it as it was when the webhook was not kept or lacks the event. */
const decodeAgain = (
  channel: Channel,
  kept: Extract<QuarantinedContent, { event: unknown }>
): ReadonlyArray<DecodedItem> => {
  const content = canonicalJson(quarantinedObject(kept))
  const again = kept.webhook === undefined ? [] : channel.decode(kept.webhook)
  const same = again.filter(
    (decoded) => decoded._tag === "Event" && canonicalJson(Personal.open(decoded.personal).content) === content
  )
  const own = same.filter(({ providerAccount }) => providerAccount === kept.event.providerAccount)
  if (own.length > 0) return own
  return same.length > 0 ? same : [decodedOf(kept)]
}

const tooMuch: ReadonlySet<string> = new Set(["too_many_items", "too_many_values", tooLargeDecoded])
const isTooMuch = (problem: string) => tooMuch.has(problem)

/**
 * Returns the items by the present decoder and configuration, or the reason why there are none. The release makes an event
 * genuine, whichever secret signed it. The other items of a webhook are genuine only for the accounts of that secret (G29).
 */
const itemsOf = Effect.fnUntraced(function* (
  tools: ItemTools,
  channel: Channel,
  kept: QuarantinedContent
): Effect.fn.Return<ReadonlyArray<Item> | string> {
  const accounts = new Set(channel.routes.keys())
  if ("event" in kept)
    return decodeAgain(channel, kept).map((decoded) => normalizeItem(tools, channel, decoded, accounts))
  const webhook =
    "text" in kept ? parseBody(Buffer.from(kept.text, "latin1"), maxElements) : Result.succeed(kept.webhook)
  if (Result.isFailure(webhook)) return isTooMuch(webhook.failure) ? webhook.failure : "no_content"
  if (webhook.success === undefined) return "no_content"
  const signedFor = "item" in kept && kept.signedFor !== undefined ? new Set(kept.signedFor) : accounts
  const decoded = channel.decode(webhook.success)
  const items = yield* inTurns(() => itemsInPieces(decoded, (one) => normalizeItem(tools, channel, one, signedFor)))
  return items ?? tooLargeDecoded
})

/**
 * Admits a quarantined item by the present configuration and connector. Its events get their own ids, and are deduped if
 * they have arrived since. The item is deleted once they are durable. Returns `undefined` when the item does not exist.
 */
export const releaseQuarantined = Effect.fnUntraced(function* (
  id: QuarantineId
): Effect.fn.Return<Released | undefined, InfraError | Unreadable, EventRecords | Channels | Sealer | Admit> {
  const records = yield* EventRecords
  const found = yield* records.quarantined(id)
  if (found === undefined) return undefined
  const head = quarantineHeadOf(found.record)
  const kept = yield* openQuarantine(yield* Sealer, found.record)
  if (head === undefined || kept === undefined) return { _tag: "StaysQuarantined", reason: "no_content" } as const
  if ("cut" in kept)
    return { _tag: "StaysQuarantined", reason: isTooMuch(head.detail) ? head.detail : "no_content" } as const
  const channel = (yield* Channels).get(head.con)
  if (channel === undefined) return { _tag: "StaysQuarantined", reason: "unknown_connector" } as const

  const admit = yield* Admit
  const items = yield* itemsOf(toolsAtArrival(admit.tools(), head), channel, kept)
  if (typeof items === "string") return { _tag: "StaysQuarantined", reason: items } as const
  const events = items.filter(isEventItem)
  const still = items.find((item) => item.key === id)
  if (still !== undefined) return { _tag: "StaysQuarantined", reason: still.reason ?? head.reason } as const
  if (events.length === 0)
    return { _tag: "StaysQuarantined", reason: items.length === 0 ? "no_content" : head.reason } as const
  const { admitted, deduped } = yield* admit.admit(channel, events, yield* Clock.currentTimeMillis)
  yield* records.removeQuarantined(id, events.length)
  return { _tag: "Released", events: events.map(({ key }) => key), admitted, deduped } as const
})

/** Returns tools with the time and the correlation id of the item's arrival. */
const toolsAtArrival = (tools: ItemTools, { at, cor }: QuarantineHead): ItemTools => ({
  ...tools,
  now: at,
  hash: { ...tools.hash, correlation: () => cor }
})
