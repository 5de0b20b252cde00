import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { InboundEvent } from "../../domain/event.ts"
import { Personal } from "../../domain/personal.ts"
import type { AnswerProblem, ReplyIntent, ResponseSign } from "./response.ts"

/** The runtime's answer to one event, by `response.ts`. */
export type RuntimeAnswer =
  /** 2xx, with its intents if it has any (G32). */
  | { readonly _tag: "Acknowledged"; readonly intents?: Personal<ReadonlyArray<ReplyIntent>> }
  /** Counts against this event while other conversations get a 2xx (G48). */
  | { readonly _tag: "Refused"; readonly status: number; readonly problem?: AnswerProblem }
  /**
   * Does not count against the event (G33). `reason` is a fixed word, or `http_` and the status. `retryAfter` is in
   * milliseconds, when a 429 or 503 had one.
   */
  | {
      readonly _tag: "Held"
      readonly reason: string
      readonly sign: Exclude<ResponseSign, "taken" | "refused">
      readonly retryAfter?: number
    }

export const signOf = (answer: RuntimeAnswer): ResponseSign => {
  switch (answer._tag) {
    case "Acknowledged":
      return "taken"
    case "Refused":
      return "refused"
    case "Held":
      return answer.sign
  }
}

/** Returns the failure code of an answer. Returns `none` for a 2xx. */
export const runtimeAnswerCode = (answer: RuntimeAnswer): string => {
  switch (answer._tag) {
    case "Acknowledged":
      return "none"
    case "Refused":
      return answer.problem ?? `http_${answer.status}`
    case "Held":
      return answer.reason
  }
}

/** The runtime. It receives each event in one request. */
export class Runtime extends Context.Service<
  Runtime,
  { readonly deliver: (event: InboundEvent) => Effect.Effect<RuntimeAnswer> }
>()("comporta/inbound/Runtime") {}

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
