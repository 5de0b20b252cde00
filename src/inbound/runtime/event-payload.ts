import { Personal } from "../../domain/personal.ts"
import type { InboundEvent } from "../../domain/event.ts"

/** Milliseconds from the epoch to the last time that a `Date` can hold. */
const farthest = 8.64e15

/** Returns a time in ISO 8601. Returns the epoch when a `Date` cannot hold the time. */
// @effect-diagnostics-next-line globalDate:off
const iso = (milliseconds: number) => new Date(Math.abs(milliseconds) <= farthest ? milliseconds : 0).toISOString()

/** Returns the id by which the runtime detects duplicates: the event id, or an id of its own for each replay (G33). */
export const webhookIdOf = ({ eventId, replay }: InboundEvent): string =>
  replay === undefined ? eventId : webhookIdOfReplay(eventId, replay)

/** Returns the webhook id of a replay. It has no dot: the scheme signs `id.timestamp.body` and forbids a dot in the id. */
export const webhookIdOfReplay = (eventId: string, replay: number): string => `${eventId}_r${replay}`

/** Returns the body that the runtime receives (`docs/reference/events.md`): JSON with message content, never to be printed. */
export const eventBody = (event: InboundEvent): string => {
  const { providerId, from, content, contact, contacts, errors } = Personal.open(event.personal)
  return JSON.stringify({
    type: event.type,
    timestamp: iso(event.occurredAt),
    data: {
      eventId: event.eventId,
      replayOf: event.replay === undefined ? undefined : event.eventId,
      redriven: event.redriven,
      correlationId: event.correlationId,
      connector: event.connector,
      account: event.account,
      conversation: event.conversation,
      providerId,
      kind: event.kind,
      from,
      content,
      contact,
      contacts,
      errors
    }
  })
}
