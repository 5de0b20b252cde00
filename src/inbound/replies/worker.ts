import { retryUntilStored } from "../../concurrency/retry.ts"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { Personal } from "../../domain/personal.ts"
import { Sealer } from "../../secrets/sealer.ts"
import { follow, unreadable } from "../event-log/consume.ts"
import type { Ownership } from "../event-log/event-log.ts"
import { type DeliveryGate, orderedDispatcher, type AttemptResult } from "../ordering/ordered-dispatcher.ts"
import { performIntent } from "./send-reply.ts"
import { conversationOfReply, decodeReply, type PendingReply, Replies, type StoredReply } from "./replies.ts"
import { InboundNotifications } from "../notifications.ts"

/** Replies that this process performs at once. */
const atOnce = 64

/** Makes the gate of the replies. A reply waits for a slot only: there is no breaker. */
export const replyGate = (): DeliveryGate => ({
  slots: Semaphore.makeUnsafe(atOnce),
  enter: Effect.succeed({ probe: false, opening: 0 }),
  leave: (_, { state }) => Effect.succeed({ state, away: false }),
  giveUp: () => Effect.void
})

interface OpenedReply {
  readonly position: number
  readonly reply: StoredReply
}

/**
 * Performs the intents of the runtime's answers, each conversation in order, with a cursor of its own (G32). The next owner
 * of the partition begins an unfinished reply again: the ledger knows which of its intents were performed.
 */
export const sendReplies = (owner: Ownership, gate: DeliveryGate) =>
  Effect.scoped(
    Effect.gen(function* () {
      const replies = yield* Replies
      const sealer = yield* Sealer
      const notifications = yield* InboundNotifications
      const pending = (position: number, limit: number) => replies.pending(owner.partition, position, limit)

      const openEntry = Effect.fnUntraced(function* ({ position, record }: PendingReply) {
        const reply = yield* Effect.option(decodeReply(sealer, record))
        return reply._tag === "Some" ? { position, reply: reply.value } : yield* unreadable(owner)
      })
      const queuedEntryOf = (entry: PendingReply, conversation: string) => ({
        position: entry.position,
        conversation,
        item: () => openEntry(entry)
      })

      const perform = Effect.fnUntraced(function* ({ position, reply }: OpenedReply, attempt: number) {
        for (const intent of Personal.open(reply.intents)) {
          const result: AttemptResult = yield* retryUntilStored(performIntent(reply, intent, attempt))
          if (result !== "done") return result
        }
        const written = yield* retryUntilStored(replies.done(owner, position))
        return written === "stale" ? "lost" : "done"
      })

      const { handle, run } = yield* orderedDispatcher<
        OpenedReply,
        Effect.Services<ReturnType<typeof openEntry | typeof perform>>
      >(
        {
          after: (position, limit) =>
            Effect.map(retryUntilStored(pending(position, limit)), (entries) =>
              entries.map((entry) => queuedEntryOf(entry, conversationOfReply(entry.record) ?? ""))
            ),
          work: perform
        },
        gate
      )

      const enqueue = (entry: PendingReply, fresh: boolean) => {
        const conversation = conversationOfReply(entry.record)
        if (conversation === undefined) return unreadable(owner)
        return handle(queuedEntryOf(entry, conversation), fresh ? "fresh" : "backlog")
      }
      return yield* Effect.raceFirst(
        follow({ read: pending, more: notifications.replies.next(owner.partition) }, enqueue),
        run
      )
    })
  )
