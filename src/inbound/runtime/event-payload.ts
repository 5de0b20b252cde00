import { Personal } from "../../domain/personal.ts"
import type { InboundEvent } from "../../domain/event.ts"

/** Milliseconds from the epoch that a date can hold, at most. */
const farthest = 8.64e15

/** A time beyond what a date can hold is written as the epoch. */
// @effect-diagnostics-next-line globalDate:off
const iso = (milliseconds: number) => new Date(Math.abs(milliseconds) <= farthest ? milliseconds : 0).toISOString()

/** What the runtime tells duplicates by: the event id; of a replay, another for each, or it would be taken for one (G33). */
export const webhookIdOf = ({ eventId, replay }: InboundEvent): string =>
  replay === undefined ? eventId : webhookIdOfReplay(eventId, replay)

/** The webhook id of a replay. It has no dot: the scheme signs `id.timestamp.body` and forbids one in the id. */
export const webhookIdOfReplay = (eventId: string, replay: number): string => `${eventId}_r${replay}`

/** The body of one event as the runtime receives it (`docs/reference/events.md`): JSON with message content in it, never to be printed. */
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
