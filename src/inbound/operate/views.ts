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

/** What may be said of an event without opening it; only its id where its record cannot be read. */
const about = (eventId: string, record: string) => {
  const head = decodeHeader(record)
  return head === undefined ? { eventId } : head
}

export const eventSummary = ({ key, at, standing, record }: StoredEvent) => ({
  ...about(key, record),
  at,
  state: standing
})

/** Leaves out the callback data, which names the intent to its provider. */
const shownEvidence = ({ status, code }: Evidence) => ({ status, ...(code === undefined ? {} : { code }) })

/** With the content: for whoever may read. */
const opened = (sealer: SealerShape, record: string) =>
  Effect.map(decodeEvent(sealer, record), ({ personal, evidence }) => ({
    ...Personal.open(personal),
    ...(evidence === undefined ? {} : { evidence: shownEvidence(evidence) })
  }))

export const eventView = (sealer: SealerShape, event: StoredEvent & { readonly replays: number }) =>
  Effect.map(opened(sealer, event.record), (content) => ({
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
    ...about(eventId, record),
    ...(replay === undefined ? {} : { replay: Number(replay) })
  }
}

export const letterView = (sealer: SealerShape, letter: StoredLetter) =>
  Effect.map(opened(sealer, letter.record), (content) => ({ ...letterSummary(letter), ...content }))

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

/** `complete` is false where not all of the content was kept; there is none where there was no room for it. */
export const itemView = (sealer: SealerShape, item: StoredItem) =>
  Effect.map(openQuarantine(sealer, item.record), (kept) => {
    const summary = itemSummary(item)
    if (kept === undefined) return { ...summary, complete: false }
    if ("cut" in kept) return { ...summary, complete: false, content: kept.cut }
    const providerAccount = providerAccountOf(kept)
    const of = providerAccount === undefined ? {} : { providerAccount }
    return { ...summary, complete: true, ...of, content: quarantinedObject(kept) }
  })
