import * as Effect from "effect/Effect"
import { consume, page, readEvent, unreadable } from "./consume.ts"
import { deliver, type Delivery, persist } from "./dispatch.ts"
import { EventLog, type Ownership, type PendingEntry } from "./event-log.ts"
import { type Gate, lanes } from "./lanes.ts"
import { conversationOf } from "./record.ts"

/** Delivers a partition's events to the runtime, each conversation in order, through a gate that the process shares. */
export const push = (owner: Ownership, gate: Gate) =>
  Effect.scoped(
    Effect.gen(function* () {
      const events = yield* EventLog
      const after = (position: number, limit: number) =>
        persist(events.pending(owner.partition, "runtime", position, limit))

      const opened = Effect.fnUntraced(function* (entry: PendingEntry) {
        const event = yield* readEvent(owner, entry)
        return event === undefined ? undefined : { entry, event }
      })

      const { handle, run } = yield* lanes<Delivery, Effect.Services<ReturnType<typeof opened | typeof deliver>>>(
        {
          read: Effect.fnUntraced(function* (position: number) {
            const [entry] = yield* after(position - 1, 1)
            return entry?.position === position ? yield* opened(entry) : undefined
          }),
          after: (position) =>
            Effect.map(after(position, page), (entries) =>
              entries.map((entry) => ({ position: entry.position, conversation: conversationOf(entry.record) ?? "" }))
            ),
          work: (delivery, nth, heard) => deliver(owner, delivery, nth, heard)
        },
        gate
      )

      const take = (entry: PendingEntry, fresh: boolean) => {
        const conversation = conversationOf(entry.record)
        if (conversation === undefined) return unreadable(owner)
        return handle(entry.position, conversation, fresh ? "fresh" : "backlog", () => opened(entry))
      }
      return yield* Effect.raceFirst(consume(owner, "runtime", take), run)
    })
  )
