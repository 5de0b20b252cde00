import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Semaphore from "effect/Semaphore"
import { type ConversationQueue, conversationQueues, type QueuedEntry, type ReadAfter } from "./conversation-queues.ts"
import { makeFairQueue, type Priority } from "./fair-queue.ts"
import type { RuntimeAnswer } from "../runtime/runtime.ts"
import type { Judgement, EventStanding } from "../runtime/runtime-health.ts"

/** What one try came to. `lost`: the partition has another owner. `pause`: again after so many milliseconds. */
export type AttemptResult = "done" | "lost" | { readonly pause: number }

/** The right to deliver once. A probe finds out whether a runtime that was away is back. */
export interface DeliveryPass {
  readonly probe: boolean
  /** How often the runtime had gone away before the pass was given. */
  readonly opening: number
}

/** The answer to one delivery, and the state of its event before it. */
export interface Delivered {
  readonly conversation: string
  readonly position: number
  readonly standing: EventStanding
  readonly answer: RuntimeAnswer
  /** Refusals of the event that the store has counted. */
  readonly refusals: number
}

/** The effect of one answer on its event. When `away` is true, the breaker alone decides when the event is retried. */
export type AttemptVerdict = Pick<Judgement, "standing" | "counts"> & { readonly away: boolean }

/** What a try has heard before it waits for a store: an answer, and the refusals of the item that were counted before. */
export type HeardResponse = Pick<Delivered, "answer" | "refusals">

/** What lanes carry. Positions grow; those of one conversation are worked in their order. */
export interface WorkSource<Item, R> {
  readonly after: ReadAfter<Item, R>
  /**
   * One try. `heard` gives the slot back, and is to be called once and before a store is waited for. `waiting`: how many of
   * the conversation wait, this one included; infinite where that is not known.
   */
  readonly work: (
    item: Item,
    nth: number,
    heard: (heard: HeardResponse) => Effect.Effect<AttemptVerdict>,
    waiting: number
  ) => Effect.Effect<AttemptResult, never, R>
}

/** Who may go, and what became of it. */
export interface DeliveryGate {
  readonly slots: Semaphore.Semaphore
  readonly enter: Effect.Effect<DeliveryPass>
  readonly leave: (pass: DeliveryPass, delivered: Delivered) => Effect.Effect<AttemptVerdict>
  readonly giveUp: (pass: DeliveryPass) => Effect.Effect<void>
}

const waitingIn = <Item>({ skipped, waiting }: ConversationQueue<Item>) =>
  skipped > 0 ? Number.POSITIVE_INFINITY : waiting.length

/** Tries of one partition under way at once, those that wait for a store included. */
const underWay = 256
/** Milliseconds that what is under way may take to end by itself when the partition is given up. */
const grace = 500

/**
 * One lane a conversation, each in order, all at once (I8): a stuck conversation delays only itself, and those that came
 * just now do not wait for a backlog. What waits costs a few words a conversation, and no fiber. `run` ends only where a
 * try died of a defect.
 */
export const orderedDispatcher = Effect.fnUntraced(function* <Item, R>(
  freight: WorkSource<Item, R>,
  gate: DeliveryGate
) {
  const pausing = yield* FiberSet.make<void, never>()
  const trying = yield* FiberSet.make<void, never>()
  yield* Effect.addFinalizer(() => Effect.timeoutOption(FiberSet.awaitEmpty(trying), grace))
  const room = Semaphore.makeUnsafe(underWay)
  const turns = makeFairQueue<ConversationQueue<Item>>()
  const waiting = conversationQueues(freight.after, (line: ConversationQueue<Item>) => turns.add(line.sort, line))

  /** Gives a pass and its slot back, once: with what was heard, or without. */
  const ending = (pass: DeliveryPass) => {
    let ended = false
    const once = <A, E, R2>(effect: Effect.Effect<A, E, R2>) => {
      ended = true
      return Effect.uninterruptible(Effect.ensuring(effect, Semaphore.release(gate.slots, 1)))
    }
    return {
      giveUp: Effect.suspend(() => (ended ? Effect.void : once(gate.giveUp(pass)))),
      heard: (line: ConversationQueue<Item>) => (heard: HeardResponse) =>
        Effect.suspend(() => {
          const { conversation, standing, waiting: places } = line
          const delivered = { conversation, standing, position: places[0]?.position ?? 0, ...heard }
          return Effect.tap(once(gate.leave(pass, delivered)), (verdict) =>
            Effect.sync(() => (line.standing = verdict.standing))
          )
        })
    }
  }

  const tryOnce = Effect.fnUntraced(function* (line: ConversationQueue<Item>, end: ReturnType<typeof ending>) {
    const item = yield* waiting.head(line)
    const tried =
      item === undefined ? "done" : yield* freight.work(item, ++line.tries, end.heard(line), waitingIn(line))
    yield* end.giveUp
    if (tried === "lost") return
    if (tried === "done") return yield* waiting.shift(line)
    waiting.keep(line)
    const requeue = Effect.sync(() => turns.add("again", line))
    if (tried.pause <= 0) return yield* requeue
    yield* FiberSet.run(pausing, Effect.delay(requeue, tried.pause))
  })

  const begin = Effect.gen(function* () {
    yield* Effect.interruptible(turns.some)
    yield* Effect.interruptible(Semaphore.take(room, 1))
    yield* Effect.interruptible(Semaphore.take(gate.slots, 1)).pipe(
      Effect.onInterrupt(() => Semaphore.release(room, 1))
    )
    const pass = yield* gate.enter.pipe(Effect.onInterrupt(() => giveBack))
    const line = turns.next(pass.probe)
    const end = ending(pass)
    const one = line === undefined ? Effect.void : tryOnce(line, end)
    yield* FiberSet.run(trying, Effect.ensuring(one, Effect.andThen(end.giveUp, Semaphore.release(room, 1))))
  }).pipe(Effect.uninterruptible)
  const giveBack = Effect.andThen(Semaphore.release(gate.slots, 1), Semaphore.release(room, 1))

  return {
    /** Takes one in; waits where too many conversations wait already. */
    handle: (place: QueuedEntry<Item, R>, sort: Priority) => waiting.add(place, sort),
    run: Effect.raceFirst(
      Effect.forever(begin, { disableYield: true }),
      Effect.andThen(FiberSet.join(trying), Effect.never)
    )
  }
})
