import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { type EventState, untried } from "../runtime/runtime-health.ts"
import type { Priority } from "./fair-queue.ts"

/** Conversations of one partition that may wait at once. */
const maxConversations = 50_000
/** Positions of one conversation in memory. Later ones are read from the store again. */
export const maxQueueLength = 64
/** Items of one partition in memory. The others are read from the store when they are next. */
const maxItems = 1_024
/** Entries in one read. */
const pageSize = 128

interface WaitingEntry<Item> {
  readonly position: number
  item?: Item
}

/** An entry of the queue: its position, and a read that returns `undefined` when the entry cannot be read. */
export interface QueuedEntry<Item, R> {
  readonly position: number
  readonly conversation: string
  readonly item: () => Effect.Effect<Item | undefined, never, R>
}

/** Returns the entries after a position, oldest first, at most `limit`. */
export type ReadAfter<Item, R> = (
  position: number,
  limit: number
) => Effect.Effect<ReadonlyArray<QueuedEntry<Item, R>>, never, R>

/** The entries of one conversation, in order. */
export interface ConversationQueue<Item> {
  readonly conversation: string
  readonly sort: Priority
  readonly waiting: Array<WaitingEntry<Item>>
  /** Attempts of the first entry. */
  attempts: number
  /** State of the first entry, from its answers. */
  state: EventState
  /** Position that was added last. */
  last: number
  /** Position that was skipped last because the queue was full; 0 when none was. */
  skipped: number
}

/** Makes the queues of one partition. They call `onReady` with each queue whose first entry may be attempted. */
export const conversationQueues = <Item, R>(
  after: ReadAfter<Item, R>,
  onReady: (queue: ConversationQueue<Item>) => void
) => {
  const all = new Map<string, ConversationQueue<Item>>()
  const room = Semaphore.makeUnsafe(maxConversations)
  const reading = Semaphore.makeUnsafe(1)
  let held = 0

  const full = (queue: ConversationQueue<Item>) => queue.skipped > 0 || queue.waiting.length >= maxQueueLength

  const append = (queue: ConversationQueue<Item>, position: number, item?: Item) => {
    const last: WaitingEntry<Item> = { position }
    queue.waiting.push(last)
    queue.last = position
    if (item !== undefined) keepItem(last, item)
  }

  const keepItem = (one: WaitingEntry<Item>, item: Item) => {
    one.item = item
    held += 1
  }

  const dropItem = (first: WaitingEntry<Item> | undefined) => {
    if (first?.item === undefined) return
    delete first.item
    held -= 1
  }

  /** Reads skipped positions from the store again. `add` may skip more of them meanwhile. */
  const refill = Effect.fnUntraced(function* (queue: ConversationQueue<Item>) {
    let from = queue.last
    while (queue.skipped > 0 && queue.waiting.length < maxQueueLength) {
      const wanted = queue.skipped
      const entries = yield* after(from, pageSize)
      for (const { position, conversation } of entries) {
        if (position > queue.skipped || queue.waiting.length === maxQueueLength) break
        from = position
        if (conversation === queue.conversation) append(queue, position)
      }
      const end = entries.at(-1)?.position ?? queue.skipped
      if (queue.last >= queue.skipped) queue.skipped = 0
      else if (end >= queue.skipped && queue.skipped === wanted && queue.waiting.length < maxQueueLength)
        queue.skipped = 0
    }
  })

  /**
   * Returns the waiting entry that lacks this item. Returns `undefined` when the conversation's first entry was attempted:
   * the store may hold a newer version of it.
   */
  const waitingWithoutItem = ({ position, conversation }: QueuedEntry<Item, R>) => {
    const queue = all.get(conversation)
    const found = queue?.attempts === 0 ? queue.waiting.find((one) => one.position === position) : undefined
    return found?.item === undefined ? found : undefined
  }

  /** Reads one item, and from the same page the items that other entries lack, while memory allows. */
  const read = Effect.fnUntraced(function* (first: WaitingEntry<Item>) {
    if (first.item !== undefined) return first.item
    let item: Item | undefined
    for (const entry of yield* after(first.position - 1, Math.min(pageSize, Math.max(1, maxItems - held)))) {
      if (entry.position === first.position) item = yield* entry.item()
      else if (held < maxItems && waitingWithoutItem(entry) !== undefined) {
        const other = yield* entry.item()
        const one = waitingWithoutItem(entry)
        if (one !== undefined && other !== undefined) keepItem(one, other)
      }
    }
    return item
  })

  return {
    /** Adds an entry behind all that were added before. Waits while too many conversations wait. */
    add: Effect.fnUntraced(function* ({ position, conversation, item }: QueuedEntry<Item, R>, sort: Priority) {
      const known = all.get(conversation)
      if (known !== undefined && full(known)) {
        known.skipped = position
        return
      }
      const keeping = held < maxItems
      const taken = keeping ? yield* item() : undefined
      if (keeping && taken === undefined) return
      const queue = all.get(conversation)
      if (queue !== undefined) return append(queue, position, taken)
      yield* Semaphore.take(room, 1)
      const begun: ConversationQueue<Item> = {
        conversation,
        sort,
        waiting: [],
        attempts: 0,
        state: untried,
        last: 0,
        skipped: 0
      }
      all.set(conversation, begun)
      append(begun, position, taken)
      onReady(begun)
    }),
    /** Returns the first item. Returns `undefined` when it is gone or cannot be read. */
    head: (queue: ConversationQueue<Item>): Effect.Effect<Item | undefined, never, R> =>
      Effect.suspend(() => {
        const [first] = queue.waiting
        if (first === undefined) return Effect.undefined
        return first.item === undefined ? Semaphore.withPermit(reading, read(first)) : Effect.succeed(first.item)
      }),
    /** Keeps the first entry for another attempt, and drops its item, so that the store is read again. */
    keep: (queue: ConversationQueue<Item>) => dropItem(queue.waiting[0]),
    /** Removes the first entry. The next one is ready; a conversation without one is removed. */
    shift: Effect.fnUntraced(function* (queue: ConversationQueue<Item>) {
      dropItem(queue.waiting.shift())
      queue.attempts = 0
      queue.state = untried
      if (queue.waiting.length === 0) yield* refill(queue)
      if (queue.waiting.length > 0) return onReady(queue)
      all.delete(queue.conversation)
      yield* Semaphore.release(room, 1)
    })
  }
}
