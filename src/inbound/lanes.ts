import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Semaphore from "effect/Semaphore"
import type { InboundEvent } from "../domain/event.ts"
import type { ConversationId } from "../domain/ids.ts"
import type { Log } from "../log/log.ts"
import { deliver } from "./dispatch.ts"
import type { EventLog, Ownership, PendingEntry } from "./event-log.ts"
import type { Runtime } from "./runtime.ts"

/** Events of one partition held in memory at once, the ones being delivered included. */
const window = 1_024

/**
 * One lane a conversation, each in order, all at once (I8): a stuck conversation delays only itself. `slots` bounds the
 * deliveries of the whole process.
 */
export const lanes = Effect.fnUntraced(function* (owner: Ownership, slots: Semaphore.Semaphore) {
  const running = yield* FiberSet.make<void, never>()
  const room = Semaphore.makeUnsafe(window)
  const waiting = new Map<ConversationId, Array<readonly [PendingEntry, InboundEvent]>>()

  const lane = (conversation: ConversationId): Effect.Effect<void, never, EventLog | Runtime | Log> =>
    Effect.suspend(() => {
      const next = waiting.get(conversation)?.shift()
      if (next === undefined) {
        waiting.delete(conversation)
        return Effect.void
      }
      const [entry, event] = next
      return deliver(owner, entry, event, slots).pipe(
        Effect.ensuring(Semaphore.release(room, 1)),
        Effect.flatMap((ended) => (ended === "lost" ? Effect.void : lane(conversation)))
      )
    })

  return Effect.fnUntraced(function* (entry: PendingEntry, event: InboundEvent) {
    yield* Semaphore.take(room, 1)
    const queue = waiting.get(event.conversation)
    if (queue !== undefined) {
      queue.push([entry, event])
      return
    }
    waiting.set(event.conversation, [[entry, event]])
    yield* FiberSet.run(running, lane(event.conversation))
  })
})
