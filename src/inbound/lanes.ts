import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Semaphore from "effect/Semaphore"
import type { InboundEvent } from "../domain/event.ts"
import type { ConversationId } from "../domain/ids.ts"
import { readEvent } from "./consume.ts"
import { deliver, persist } from "./dispatch.ts"
import { EventLog, type Ownership, type PendingEntry } from "./event-log.ts"

/** Events of one partition whose records are held in memory at once. */
const heldRecords = 1_024
/** Events of one partition that wait for their turn, most of them by their position alone. */
const waitingEvents = 100_000

interface Waiting {
  readonly position: number
  /** Absent where there was no room: it is read again when its turn has come. */
  readonly held?: readonly [PendingEntry, InboundEvent]
}

/**
 * One lane a conversation, each in order, all at once (I8): a stuck conversation delays only itself. `slots` bounds the
 * deliveries of the whole process. `broken` ends only where a lane died of a defect: its events are not delivered.
 */
export const lanes = Effect.fnUntraced(function* (owner: Ownership, slots: Semaphore.Semaphore) {
  const events = yield* EventLog
  const running = yield* FiberSet.make<void, never>()
  const turns = Semaphore.makeUnsafe(waitingEvents)
  const lines = new Map<ConversationId, Array<Waiting>>()
  let held = 0

  const read = Effect.fnUntraced(function* (position: number) {
    const [entry] = yield* persist(events.pending(owner.partition, "runtime", position - 1, 1))
    if (entry?.position !== position) return undefined
    const event = yield* readEvent(owner, entry)
    return event === undefined ? undefined : ([entry, event] as const)
  })

  const lane = Effect.fnUntraced(function* (conversation: ConversationId) {
    while (true) {
      const next = lines.get(conversation)?.shift()
      if (next === undefined) {
        lines.delete(conversation)
        return
      }
      const known = next.held ?? (yield* read(next.position))
      const ended = known === undefined ? undefined : yield* deliver(owner, known[0], known[1], slots)
      if (next.held !== undefined) held -= 1
      yield* Semaphore.release(turns, 1)
      if (ended === "lost") return
    }
  })

  const handle = Effect.fnUntraced(function* (entry: PendingEntry, event: InboundEvent) {
    yield* Semaphore.take(turns, 1)
    const { position } = entry
    const waiting: Waiting = held < heldRecords ? { position, held: [entry, event] } : { position }
    if (waiting.held !== undefined) held += 1
    const line = lines.get(event.conversation)
    if (line !== undefined) {
      line.push(waiting)
      return
    }
    lines.set(event.conversation, [waiting])
    yield* FiberSet.run(running, lane(event.conversation))
  })
  return { handle, broken: FiberSet.join(running) }
})
