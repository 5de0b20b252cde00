import { retryUntilStored } from "../../concurrency/retry.ts"
import * as Effect from "effect/Effect"
import { makeComparison } from "./comparison.ts"
import { consume, readEvent, unreadable } from "../event-log/consume.ts"
import { deliver, type Delivery } from "./deliver.ts"
import { EventLog, type Ownership, type PendingEntry } from "../event-log/event-log.ts"
import { type DeliveryGate, orderedDispatcher } from "../ordering/ordered-dispatcher.ts"
import { conversationOfRecord } from "../event-log/event-codec.ts"

/** Delivers a partition's events to the runtime, each conversation in order, through a gate that the process shares. */
export const deliverEvents = (owner: Ownership, gate: DeliveryGate) =>
  Effect.scoped(
    Effect.gen(function* () {
      const events = yield* EventLog
      const mayCount = yield* makeComparison
      const opened = Effect.fnUntraced(function* (entry: PendingEntry) {
        const event = yield* readEvent(owner, entry)
        return event === undefined ? undefined : { entry, event }
      })
      const placeOf = (entry: PendingEntry, conversation: string) => ({
        position: entry.position,
        conversation,
        item: () => opened(entry)
      })

      const { handle, run } = yield* orderedDispatcher<
        Delivery,
        Effect.Services<ReturnType<typeof opened | typeof deliver>>
      >(
        {
          after: (position, limit) =>
            Effect.map(retryUntilStored(events.pending(owner.partition, "runtime", position, limit)), (entries) =>
              entries.map((entry) => placeOf(entry, conversationOfRecord(entry.record) ?? ""))
            ),
          work: (delivery, nth, heard, waiting) => deliver(owner, delivery, nth, heard, mayCount(waiting))
        },
        gate
      )

      const take = (entry: PendingEntry, fresh: boolean) => {
        const conversation = conversationOfRecord(entry.record)
        if (conversation === undefined) return unreadable(owner)
        return handle(placeOf(entry, conversation), fresh ? "fresh" : "backlog")
      }
      return yield* Effect.raceFirst(consume(owner, "runtime", take), run)
    })
  )
