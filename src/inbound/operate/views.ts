import * as Effect from "effect/Effect"
import type { Evidence } from "../../domain/event.ts"
import { Personal } from "../../domain/personal.ts"
import type { Sealer } from "../../secrets/sealer.ts"
import type { StoredEvent, StoredItem, StoredLetter } from "../event-log/event-admin.ts"
import {
  quarantinedObject,
  openQuarantine,
  providerAccountOf,
  quarantineHeadOf
} from "../event-log/quarantine-codec.ts"
import { decodeEvent, decodeHeader } from "../event-log/event-codec.ts"

type SealerShape = Sealer["Service"]

/** Returns the part of an event that is not sealed. Returns only its id when the record cannot be read. */
const headerOf = (eventId: string, record: string) => {
  const head = decodeHeader(record)
  return head === undefined ? { eventId } : head
}

export const eventSummary = ({ key, at, state, record }: StoredEvent) => ({
  ...headerOf(key, record),
  at,
  state
})

/** Returns the evidence without its callback data, which names the intent to its provider. */
const shownEvidence = ({ status, code }: Evidence) => ({ status, ...(code === undefined ? {} : { code }) })

/** Opens the content, for a caller with the right to read it. */
const openContent = (sealer: SealerShape, record: string) =>
  Effect.map(decodeEvent(sealer, record), ({ personal, evidence }) => ({
    ...Personal.open(personal),
    ...(evidence === undefined ? {} : { evidence: shownEvidence(evidence) })
  }))

export const eventView = (sealer: SealerShape, event: StoredEvent & { readonly replays: number }) =>
  Effect.map(openContent(sealer, event.record), (content) => ({
    ...eventSummary(event),
    replays: event.replays,
    ...content
  }))

export const letterSummary = ({ id, at, reason, refusals, record }: StoredLetter) => {
  const [eventId = "", replay] = id.split(".r")
  return {
    id,
    at,
    reason,
    refusals,
    ...headerOf(eventId, record),
    ...(replay === undefined ? {} : { replay: Number(replay) })
  }
}

export const letterView = (sealer: SealerShape, letter: StoredLetter) =>
  Effect.map(openContent(sealer, letter.record), (content) => ({ ...letterSummary(letter), ...content }))

export const itemSummary = ({ id, at, record }: StoredItem) => {
  const head = quarantineHeadOf(record)
  if (head === undefined) return { id, at }
  const { reason, detail, con, cor, items, acc, hash } = head
  return {
    id,
    at,
    reason,
    detail,
    connector: con,
    correlationId: cor,
    ...(items === undefined ? {} : { items }),
    ...(acc === undefined ? {} : { account: acc }),
    ...(hash === undefined ? {} : { providerAccountHash: hash })
  }
}

/** Returns an item with its content. `complete` is false when the content was cut, or is absent for lack of space. */
export const itemView = (sealer: SealerShape, item: StoredItem) =>
  Effect.map(openQuarantine(sealer, item.record), (kept) => {
    const summary = itemSummary(item)
    if (kept === undefined) return { ...summary, complete: false }
    if ("cut" in kept) return { ...summary, complete: false, content: kept.cut }
    const providerAccount = providerAccountOf(kept)
    const of = providerAccount === undefined ? {} : { providerAccount }
    return { ...summary, complete: true, ...of, content: quarantinedObject(kept) }
  })
