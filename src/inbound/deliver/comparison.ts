import * as Effect from "effect/Effect"
import { EventLog } from "../event-log/event-log.ts"

/**
 * Makes a check for a refusal that this process cannot compare with other deliveries. It compares with the counts of all
 * replicas. Returns false when other events wait and none was delivered since the last check, or when the store fails.
 * `waiting` is the number of events that wait in the conversation.
 */
export const makeComparison = Effect.map(EventLog, (events) => {
  let before = Number.POSITIVE_INFINITY
  return (waiting: number): Effect.Effect<boolean> =>
    Effect.match(events.counts, {
      onFailure: () => false,
      onSuccess: ({ delivered, pending }) => {
        const hasDelivered = delivered > before
        before = delivered
        return hasDelivered || pending <= waiting
      }
    })
})
