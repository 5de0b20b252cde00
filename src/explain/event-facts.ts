import type { EventId } from "../domain/ids.ts"
import type { decodeHeader } from "../inbound/event-log/event-codec.ts"
import type { DeliveryState } from "../inbound/event-log/event-admin.ts"
import type { QuarantineHead } from "../inbound/event-log/quarantine-codec.ts"
import type { About } from "./diagnosis.ts"

/** Part of an event's record that is not sealed. */
export type EventHeader = NonNullable<ReturnType<typeof decodeHeader>>

/** Place of a pending event in its conversation. */
export interface EventQueue {
  /** Refusals of the runtime that count against the event. */
  readonly refusals: number
  readonly redriven: boolean
  /** Number of events that wait before it in its conversation. */
  readonly ahead: number
  /** The first of these. */
  readonly first?: EventId
}

/** Facts about an event whose record is kept. Times are milliseconds of the store's clock. */
export interface EventFacts {
  /** The event id. For a dead letter of a replay, `.r` and its number follow. */
  readonly id: string
  readonly now: number
  readonly state: DeliveryState
  /** Time of its admission, or at which it was last sent again; for a dead letter of a replay, the time of the letter. */
  readonly at: number
  /** Number of the replay that the id names; absent for the original delivery. */
  readonly replay?: number
  readonly replays: number
  /** Absent when the record cannot be read. */
  readonly header?: EventHeader
  /** Present for a pending event; `unknown` when too many events wait before it to be counted. */
  readonly queue?: EventQueue | "unknown"
  readonly letter?: { readonly at: number; readonly reason: string; readonly refusals: number }
  /** Last answer of the runtime while it counts as away at the replica that answers; else absent. */
  readonly away?: string
}

/** Facts about a quarantined item. */
export interface ItemFacts {
  readonly id: string
  readonly now: number
  readonly at: number
  /** Absent when the store has no room for more than the id and the time. */
  readonly head?: QuarantineHead
}

export const aboutEvent = (header: EventHeader | undefined): About => {
  if (header === undefined) return {}
  const { connector, account, correlationId, conversation, type } = header
  return { connector, account, correlationId, eventType: type, conversation }
}

/** Returns the name of an event in a sentence. */
export const eventName = (header: EventHeader | undefined): string =>
  header === undefined ? "this event" : `the event ${header.type} for account ${header.account}`
