import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Metric from "effect/Metric"
import { type Backoff, backoffDelay } from "../../concurrency/backoff.ts"
import { retryUntilStored } from "../../concurrency/retry.ts"
import { Log } from "../../log/log.ts"
import { gauges } from "../../metrics/registry.ts"
import { Observe } from "../../observe/observe.ts"
import { consume, pageSize, readEvent, readRecord } from "../event-log/consume.ts"
import { EventLog, type Ownership, type PendingEntry } from "../event-log/event-log.ts"
import { Failovers } from "../event-log/failovers.ts"
import { readAgain } from "../event-log/retention.ts"
import { applyEcho, isCandidateEcho, type OwnApps, ownApps } from "./echoes.ts"
import { apply, evidenceOf } from "./evidence.ts"

/** Time at which an entry is due, in milliseconds, and how often it was handled. */
interface DueEntry {
  readonly at: number
  readonly attempts: number
}

/** Holds the entries of one partition that were handled and not ended, each due again at growing intervals. */
interface WaitingEntries {
  /** Adds the entry, or lengthens its interval. */
  readonly put: (position: number, now: number, backoff: Backoff) => void
  readonly drop: (position: number) => void
  /** Positions that are due, lowest first. */
  readonly due: (now: number) => ReadonlyArray<number>
  readonly size: () => number
}

const waitingEntries = (): WaitingEntries => {
  const entries = new Map<number, DueEntry>()
  return {
    put: (position, now, backoff) => {
      const attempts = entries.get(position)?.attempts ?? 0
      entries.set(position, { at: now + backoffDelay(backoff, attempts), attempts: attempts + 1 })
    },
    drop: (position) => void entries.delete(position),
    due: (now) => [...entries].flatMap(([position, { at }]) => (at <= now ? [position] : [])).toSorted((a, b) => a - b),
    size: () => entries.size
  }
}

/** Retry delays of a status without an intent, and of an echo of a call that has not ended. */
export const orphanBackoff: Backoff = { baseMs: 1_000, maxMs: 30_000 }
/** Retry delays of an echo that several intents, or another app, may have caused. */
export const undecidedBackoff: Backoff = { baseMs: 1_000, maxMs: 300_000 }
const tick = 1_000

/**
 * Gives statuses and echoes to the ledger as evidence. It is a consumer of its own, so that a stuck runtime does not delay
 * it (G22). A status without an intent is an orphan: it stays unacknowledged in the log and is retried until its intent is
 * there. An echo is also retried while a call that may have caused it has not ended, or several intents may have.
 */
export const reconcile = (owner: Ownership, apps: OwnApps = ownApps()) =>
  Effect.gen(function* () {
    const events = yield* EventLog
    const log = yield* Log
    const observe = yield* Observe
    const some = Latch.makeUnsafe(false)
    const waiting = waitingEntries()

    const handle = Effect.fnUntraced(function* (entry: PendingEntry, first: boolean) {
      const event = yield* readEvent(owner, entry)
      if (event === undefined) return "done"
      if (yield* isCandidateEcho(event)) {
        const outcome = yield* applyEcho(event, apps, first)
        if (outcome !== "done") return outcome
      }
      const evidence = yield* evidenceOf(event)
      if (evidence === undefined && event.kind === "status") observe.statusWithoutData(event)
      if (evidence !== undefined && (yield* apply(event, evidence)) === "orphan") return "orphan"
      yield* retryUntilStored(events.acknowledge(owner, "ledger", entry.position))
      return "done"
    })

    const handleOnce = Effect.fnUntraced(function* (entry: PendingEntry, first: boolean) {
      const before = waiting.size()
      const handled = yield* handle(entry, first)
      if (handled === "done") waiting.drop(entry.position)
      else {
        const backoff = handled === "undecided" ? undecidedBackoff : orphanBackoff
        waiting.put(entry.position, yield* Clock.currentTimeMillis, backoff)
      }
      yield* Metric.modify(gauges.evidenceWaiting, waiting.size() - before)
      if (first && handled === "orphan") log.write("warn", "evidence.orphaned", { partition: owner.partition })
      if (waiting.size() > 0) some.openUnsafe()
    })

    /** Reads pages from the first due entry on, and handles the due ones. Drops a due entry that has ended meanwhile. */
    const retryDue = Effect.gen(function* () {
      yield* some.await
      yield* Effect.sleep(tick)
      let due = waiting.due(yield* Clock.currentTimeMillis)
      while (due[0] !== undefined) {
        const wanted = new Set(due)
        const entries = yield* retryUntilStored(events.pending(owner.partition, "ledger", due[0] - 1, pageSize))
        for (const entry of entries) if (wanted.has(entry.position)) yield* handleOnce(entry, false)
        const read = entries.length < pageSize ? Infinity : (entries.at(-1)?.position ?? Infinity)
        const found = new Set(entries.map(({ position }) => position))
        const gone = due.filter((position) => position <= read && !found.has(position))
        for (const position of gone) waiting.drop(position)
        yield* Metric.modify(gauges.evidenceWaiting, -gone.length)
        due = due.filter((position) => position > read)
      }
      if (waiting.size() === 0) some.closeUnsafe()
    })

    return yield* Effect.raceFirst(
      consume(owner, "ledger", (entry) => handleOnce(entry, true)),
      Effect.forever(retryDue)
    ).pipe(Effect.ensuring(Effect.suspend(() => Metric.modify(gauges.evidenceWaiting, -waiting.size()))))
  })

/**
 * Applies recent evidence again, acknowledged or not, since the new primary may lack it. Evidence that the ledger has
 * changes nothing.
 */
export const reconcileAgain = Effect.fnUntraced(function* (owner: Ownership, apps: OwnApps = ownApps()) {
  const failovers = yield* Failovers
  const log = yield* Log
  let after: string | undefined
  do {
    const { records, next } = yield* retryUntilStored(failovers.recent(owner.partition, readAgain, after, pageSize))
    for (const record of records) {
      const event = yield* readRecord(owner, record)
      if (event !== undefined && (yield* isCandidateEcho(event))) yield* applyEcho(event, apps, false)
      const evidence = event === undefined ? undefined : yield* evidenceOf(event)
      if (event !== undefined && evidence !== undefined) yield* apply(event, evidence)
    }
    after = next
  } while (after !== undefined)
  log.write("info", "evidence.read_again", { partition: owner.partition })
})
