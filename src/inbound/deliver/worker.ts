import * as Effect from "effect/Effect"
import { retryUntilStored } from "../../concurrency/retry.ts"
import { consume, readEvent, unreadable } from "../event-log/consume.ts"
import { conversationOfRecord } from "../event-log/event-codec.ts"
import { EventLog, type Ownership, type PendingEntry } from "../event-log/event-log.ts"
import { type DeliveryGate, orderedDispatcher } from "../ordering/ordered-dispatcher.ts"
import type { CountReason } from "../runtime/runtime-health.ts"
import { deliver, type Delivery } from "./deliver.ts"

/**
 * Makes a check for a refusal that this process cannot compare with other deliveries. It compares with the counts of all
 * replicas. Returns true when an event was delivered since the last check, or for `alone` when no other event waits.
 * Returns false when the store fails. `waiting` is the number of events that wait in the conversation.
 */
export const makeComparison = Effect.map(EventLog, (events) => {
  let before = Number.POSITIVE_INFINITY
  return (waiting: number, reason: Exclude<CountReason, "others">): Effect.Effect<boolean> =>
    Effect.match(events.counts, {
      onFailure: () => false,
      onSuccess: ({ delivered, pending }) => {
        const hasDelivered = delivered > before
        before = delivered
        return hasDelivered || (reason === "alone" && pending <= waiting)
      }
    })
})

/** Delivers the events of a partition to the runtime, each conversation in order. All partitions of the process share `gate`. */
export const deliverEvents = (owner: Ownership, gate: DeliveryGate) =>
  Effect.scoped(
    Effect.gen(function* () {
      const events = yield* EventLog
      const mayCount = yield* makeComparison
      const openEntry = Effect.fnUntraced(function* (entry: PendingEntry) {
        const event = yield* readEvent(owner, entry)
        return event === undefined ? undefined : { entry, event }
      })
      const queuedEntryOf = (entry: PendingEntry, conversation: string) => ({
        position: entry.position,
        conversation,
        item: () => openEntry(entry)
      })

      const { handle, run } = yield* orderedDispatcher<
        Delivery,
        Effect.Services<ReturnType<typeof openEntry | typeof deliver>>
      >(
        {
          after: (position, limit) =>
            Effect.map(retryUntilStored(events.pending(owner.partition, "runtime", position, limit)), (entries) =>
              entries.map((entry) => queuedEntryOf(entry, conversationOfRecord(entry.record) ?? ""))
            ),
          work: (delivery, attempt, onResponse, waiting) =>
            deliver(owner, delivery, attempt, onResponse, (reason) => mayCount(waiting, reason))
        },
        gate
      )

      const enqueue = (entry: PendingEntry, fresh: boolean) => {
        const conversation = conversationOfRecord(entry.record)
        if (conversation === undefined) return unreadable(owner)
        return handle(queuedEntryOf(entry, conversation), fresh ? "fresh" : "backlog")
      }
      return yield* Effect.raceFirst(consume(owner, "runtime", enqueue), run)
    })
  )
