import { retryUntilStored } from "../../concurrency/retry.ts"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { Personal } from "../../domain/personal.ts"
import { Sealer } from "../../secrets/sealer.ts"
import { follow, unreadable } from "../event-log/consume.ts"
import type { Ownership } from "../event-log/event-log.ts"
import { type DeliveryGate, orderedDispatcher, type AttemptResult } from "../ordering/ordered-dispatcher.ts"
import { performIntent } from "./send-reply.ts"
import { type PendingReply, Replies } from "./replies.ts"
import { conversationOfReply, decodeReply, type StoredReply } from "./reply-codec.ts"
import { InboundNotifications } from "../notifications.ts"

/** Replies under way at once, in this process. */
const atOnce = 64

/** Nobody waits for anybody but for a slot. */
export const relayGate = (): DeliveryGate => ({
  slots: Semaphore.makeUnsafe(atOnce),
  enter: Effect.succeed({ probe: false, opening: 0 }),
  leave: (_, { standing }) => Effect.succeed({ standing, away: false }),
  giveUp: () => Effect.void
})

interface Opened {
  readonly position: number
  readonly reply: StoredReply
}

/**
 * Performs what the runtime answered, each conversation in order, with a cursor of its own (G32). What is cut short is
 * begun again, by whoever owns the partition then: the ledger knows what has been done.
 */
export const sendReplies = (owner: Ownership, gate: DeliveryGate) =>
  Effect.scoped(
    Effect.gen(function* () {
      const replies = yield* Replies
      const sealer = yield* Sealer
      const notifications = yield* InboundNotifications
      const pending = (position: number, limit: number) => replies.pending(owner.partition, position, limit)

      const opened = Effect.fnUntraced(function* ({ position, record }: PendingReply) {
        const reply = yield* Effect.option(decodeReply(sealer, record))
        return reply._tag === "Some" ? { position, reply: reply.value } : yield* unreadable(owner)
      })
      const placeOf = (entry: PendingReply, conversation: string) => ({
        position: entry.position,
        conversation,
        item: () => opened(entry)
      })

      const perform = Effect.fnUntraced(function* ({ position, reply }: Opened, attempt: number) {
        for (const intent of Personal.open(reply.intents)) {
          const tried: AttemptResult = yield* retryUntilStored(performIntent(reply, intent, attempt))
          if (tried !== "done") return tried
        }
        const written = yield* retryUntilStored(replies.done(owner, position))
        return written === "stale" ? "lost" : "done"
      })

      const { handle, run } = yield* orderedDispatcher<
        Opened,
        Effect.Services<ReturnType<typeof opened | typeof perform>>
      >(
        {
          after: (position, limit) =>
            Effect.map(retryUntilStored(pending(position, limit)), (entries) =>
              entries.map((entry) => placeOf(entry, conversationOfReply(entry.record) ?? ""))
            ),
          work: (item, nth) => perform(item, nth)
        },
        gate
      )

      const take = (entry: PendingReply, fresh: boolean) => {
        const conversation = conversationOfReply(entry.record)
        if (conversation === undefined) return unreadable(owner)
        return handle(placeOf(entry, conversation), fresh ? "fresh" : "backlog")
      }
      return yield* Effect.raceFirst(
        follow({ read: pending, more: notifications.replies.next(owner.partition) }, take),
        run
      )
    })
  )
