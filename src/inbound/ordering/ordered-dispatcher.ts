import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Semaphore from "effect/Semaphore"
import { type ConversationQueue, conversationQueues, type QueuedEntry, type ReadAfter } from "./conversation-queues.ts"
import { makeFairQueue, type Priority } from "./fair-queue.ts"
import type { RuntimeAnswer } from "../runtime/runtime.ts"
import type { Judgement, EventState } from "../runtime/runtime-health.ts"

/** Result of one attempt. `lost`: the partition has another owner. `pause`: milliseconds until the next attempt. */
export type AttemptResult = "done" | "lost" | { readonly pause: number }

/** Permission for one delivery. A probe finds out whether a runtime that was away is back. */
export interface DeliveryPass {
  readonly probe: boolean
  /** How many times the runtime had gone away when the pass was given. */
  readonly opening: number
}

/** The answer to one delivery, and the state of its event before it. */
export interface Delivered {
  readonly conversation: string
  readonly position: number
  readonly state: EventState
  readonly answer: RuntimeAnswer
  /** Refusals of the event that the store has counted. */
  readonly refusals: number
}

/** The effect of one answer on its event. When `away` is true, the breaker alone decides when the event is retried. */
export type AttemptVerdict = Pick<Judgement, "state" | "counts"> & { readonly away: boolean }

/** The answer to one delivery, and the refusals of its event that the store had counted before. */
export type DeliveryResponse = Pick<Delivered, "answer" | "refusals">

/** Source of the items of one partition. Positions grow, and the items of one conversation are worked in their order. */
export interface WorkSource<Item, R> {
  readonly after: ReadAfter<Item, R>
  /**
   * Makes one attempt; the first is number 1. It calls `onResponse` once, before it waits for the store, which returns the
   * slot to the gate. `waiting` counts the items that wait in the conversation, this one included; it is infinite when the
   * number is unknown.
   */
  readonly work: (
    item: Item,
    attempt: number,
    onResponse: (response: DeliveryResponse) => Effect.Effect<AttemptVerdict>,
    waiting: number
  ) => Effect.Effect<AttemptResult, never, R>
}

/** Gives each delivery a slot and a pass, and receives the answer. */
export interface DeliveryGate {
  readonly slots: Semaphore.Semaphore
  readonly enter: Effect.Effect<DeliveryPass>
  readonly leave: (pass: DeliveryPass, delivered: Delivered) => Effect.Effect<AttemptVerdict>
  readonly giveUp: (pass: DeliveryPass) => Effect.Effect<void>
}

const waitingIn = <Item>({ skipped, waiting }: ConversationQueue<Item>) =>
  skipped > 0 ? Number.POSITIVE_INFINITY : waiting.length

/** Attempts of one partition at once, including those that wait for the store. */
const maxAttempts = 256
/** Milliseconds that attempts may take to end when the worker stops; then they are interrupted. */
const grace = 500

/**
 * Works each conversation in order, and all conversations at once (I8). A stuck conversation delays only itself, and a new
 * item does not wait for the backlog of other conversations. A conversation that waits takes a few words of memory and no
 * fiber. `run` ends only when an attempt dies of a defect.
 */
export const orderedDispatcher = Effect.fnUntraced(function* <Item, R>(
  source: WorkSource<Item, R>,
  gate: DeliveryGate
) {
  const pausing = yield* FiberSet.make<void, never>()
  const attempts = yield* FiberSet.make<void, never>()
  yield* Effect.addFinalizer(() => Effect.timeoutOption(FiberSet.awaitEmpty(attempts), grace))
  const room = Semaphore.makeUnsafe(maxAttempts)
  const ready = makeFairQueue<ConversationQueue<Item>>()
  const waiting = conversationQueues(source.after, (queue: ConversationQueue<Item>) => ready.add(queue.sort, queue))

  /** Returns a pass and its slot to the gate, once: with an answer or without one. */
  const ending = (pass: DeliveryPass) => {
    let ended = false
    const once = <A, E, R2>(effect: Effect.Effect<A, E, R2>) => {
      ended = true
      return Effect.uninterruptible(Effect.ensuring(effect, Semaphore.release(gate.slots, 1)))
    }
    return {
      giveUp: Effect.suspend(() => (ended ? Effect.void : once(gate.giveUp(pass)))),
      onResponse: (queue: ConversationQueue<Item>) => (response: DeliveryResponse) =>
        Effect.suspend(() => {
          const { conversation, state, waiting: entries } = queue
          const delivered = { conversation, state, position: entries[0]?.position ?? 0, ...response }
          return Effect.tap(once(gate.leave(pass, delivered)), (verdict) =>
            Effect.sync(() => (queue.state = verdict.state))
          )
        })
    }
  }

  const attemptOnce = Effect.fnUntraced(function* (queue: ConversationQueue<Item>, end: ReturnType<typeof ending>) {
    const item = yield* waiting.head(queue)
    const result =
      item === undefined ? "done" : yield* source.work(item, ++queue.attempts, end.onResponse(queue), waitingIn(queue))
    yield* end.giveUp
    if (result === "lost") return
    if (result === "done") return yield* waiting.shift(queue)
    waiting.keep(queue)
    const requeue = Effect.sync(() => ready.add("again", queue))
    if (result.pause <= 0) return yield* requeue
    yield* FiberSet.run(pausing, Effect.delay(requeue, result.pause))
  })

  const begin = Effect.gen(function* () {
    yield* Effect.interruptible(ready.some)
    yield* Effect.interruptible(Semaphore.take(room, 1))
    yield* Effect.interruptible(Semaphore.take(gate.slots, 1)).pipe(
      Effect.onInterrupt(() => Semaphore.release(room, 1))
    )
    const pass = yield* gate.enter.pipe(Effect.onInterrupt(() => giveBack))
    const queue = ready.next(pass.probe)
    const end = ending(pass)
    const attempt = queue === undefined ? Effect.void : attemptOnce(queue, end)
    yield* FiberSet.run(attempts, Effect.ensuring(attempt, Effect.andThen(end.giveUp, Semaphore.release(room, 1))))
  }).pipe(Effect.uninterruptible)
  const giveBack = Effect.andThen(Semaphore.release(gate.slots, 1), Semaphore.release(room, 1))

  return {
    /** Adds an entry. Waits while too many conversations wait. */
    handle: (entry: QueuedEntry<Item, R>, sort: Priority) => waiting.add(entry, sort),
    run: Effect.raceFirst(
      Effect.forever(begin, { disableYield: true }),
      Effect.andThen(FiberSet.join(attempts), Effect.never)
    )
  }
})
