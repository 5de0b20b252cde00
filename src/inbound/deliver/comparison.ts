import * as Effect from "effect/Effect"
import { EventLog } from "../event-log/event-log.ts"

/**
 * Makes the question that is asked before a refusal counts with nothing to compare with: may it, by what all replicas have
 * done? Not where other events wait and none was delivered since it was asked last. `waiting`: events of the conversation.
 */
export const makeComparison = Effect.map(EventLog, (events) => {
  let before = Number.POSITIVE_INFINITY
  return (waiting: number): Effect.Effect<boolean> =>
    Effect.match(events.counts, {
      onFailure: () => false,
      onSuccess: ({ delivered, pending }) => {
        const taken = delivered > before
        before = delivered
        return taken || pending <= waiting
      }
    })
})
