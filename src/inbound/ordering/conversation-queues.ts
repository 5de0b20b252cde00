import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { type EventStanding, untried } from "../runtime/runtime-health.ts"
import type { Priority } from "./fair-queue.ts"

/** Conversations of one partition that wait at once. */
const conversations = 50_000
/** Positions that one conversation keeps in memory; what comes behind them is found again in the store. */
export const lineLength = 64
/** Items of one partition that are held in memory; the others are read again when their turn has come. */
const heldItems = 1_024
/** Places read at once. */
const page = 128

interface Waiting<Item> {
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

/** One conversation's events, in order. */
export interface ConversationQueue<Item> {
  readonly conversation: string
  readonly sort: Priority
  readonly waiting: Array<Waiting<Item>>
  /** Tries of the first. */
  tries: number
  /** What the answers to the first say of it. */
  standing: EventStanding
  /** The last that was taken in. */
  last: number
  /** The last that found no place here; 0 where all did. */
  skipped: number
}

/** The conversations of one partition that wait. `ready` is told of each whose first may be tried. */
export const conversationQueues = <Item, R>(
  after: ReadAfter<Item, R>,
  ready: (line: ConversationQueue<Item>) => void
) => {
  const all = new Map<string, ConversationQueue<Item>>()
  const room = Semaphore.makeUnsafe(conversations)
  const reading = Semaphore.makeUnsafe(1)
  let held = 0

  const full = (line: ConversationQueue<Item>) => line.skipped > 0 || line.waiting.length >= lineLength

  const append = (line: ConversationQueue<Item>, position: number, item?: Item) => {
    const last: Waiting<Item> = { position }
    line.waiting.push(last)
    line.last = position
    if (item !== undefined) hold(last, item)
  }

  const hold = (one: Waiting<Item>, item: Item) => {
    one.item = item
    held += 1
  }

  const letGo = (first: Waiting<Item> | undefined) => {
    if (first?.item === undefined) return
    delete first.item
    held -= 1
  }

  /** What was skipped comes in again. The reader goes on beside this, and may skip more meanwhile. */
  const refill = Effect.fnUntraced(function* (line: ConversationQueue<Item>) {
    let from = line.last
    while (line.skipped > 0 && line.waiting.length < lineLength) {
      const wanted = line.skipped
      const places = yield* after(from, page)
      for (const { position, conversation } of places) {
        if (position > line.skipped || line.waiting.length === lineLength) break
        from = position
        if (conversation === line.conversation) append(line, position)
      }
      const end = places.at(-1)?.position ?? line.skipped
      if (line.last >= line.skipped) line.skipped = 0
      else if (end >= line.skipped && line.skipped === wanted && line.waiting.length < lineLength) line.skipped = 0
    }
  })

  /** Whoever waits for what stands there and has not been tried: of what has, the store may know more by now. */
  const wanting = ({ position, conversation }: QueuedEntry<Item, R>) => {
    const line = all.get(conversation)
    const found = line?.tries === 0 ? line.waiting.find((one) => one.position === position) : undefined
    return found?.item === undefined ? found : undefined
  }

  /** Reads one, and what stands behind it for the others, as far as there is room. */
  const read = Effect.fnUntraced(function* (first: Waiting<Item>) {
    if (first.item !== undefined) return first.item
    let item: Item | undefined
    for (const place of yield* after(first.position - 1, Math.min(page, Math.max(1, heldItems - held)))) {
      if (place.position === first.position) item = yield* place.item()
      else if (held < heldItems && wanting(place) !== undefined) {
        const other = yield* place.item()
        const one = wanting(place)
        if (one !== undefined && other !== undefined) hold(one, other)
      }
    }
    return item
  })

  return {
    /** Takes one in, after all that were taken in before; waits where too many conversations do. */
    add: Effect.fnUntraced(function* ({ position, conversation, item }: QueuedEntry<Item, R>, sort: Priority) {
      const known = all.get(conversation)
      if (known !== undefined && full(known)) {
        known.skipped = position
        return
      }
      const keeping = held < heldItems
      const taken = keeping ? yield* item() : undefined
      if (keeping && taken === undefined) return
      const line = all.get(conversation)
      if (line !== undefined) return append(line, position, taken)
      yield* Semaphore.take(room, 1)
      const begun: ConversationQueue<Item> = {
        conversation,
        sort,
        waiting: [],
        tries: 0,
        standing: untried,
        last: 0,
        skipped: 0
      }
      all.set(conversation, begun)
      append(begun, position, taken)
      ready(begun)
    }),
    /** The one whose turn it is; `undefined` where it is gone or cannot be read. */
    head: (line: ConversationQueue<Item>): Effect.Effect<Item | undefined, never, R> =>
      Effect.suspend(() => {
        const [first] = line.waiting
        if (first === undefined) return Effect.undefined
        return first.item === undefined ? Semaphore.withPermit(reading, read(first)) : Effect.succeed(first.item)
      }),
    /** It will be tried again, as the store then knows it. */
    keep: (line: ConversationQueue<Item>) => letGo(line.waiting[0]),
    /** It is done: the next of the conversation is ready, where there is one. */
    shift: Effect.fnUntraced(function* (line: ConversationQueue<Item>) {
      letGo(line.waiting.shift())
      line.tries = 0
      line.standing = untried
      if (line.waiting.length === 0) yield* refill(line)
      if (line.waiting.length > 0) return ready(line)
      all.delete(line.conversation)
      yield* Semaphore.release(room, 1)
    })
  }
}
