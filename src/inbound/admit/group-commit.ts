import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import { retryIfUnknown } from "../../concurrency/retry.ts"
import type { InfraError } from "../../domain/failure.ts"
import type { AdmitOutcome, EventLog, NewEntry, LogPart } from "../event-log/event-log.ts"

/** Limits of a batch: entries, and characters of their records (G28). */
export const maxEntries = 256
export const maxBytes = 1_048_576

export type Admissions = Exit.Exit<ReadonlyArray<AdmitOutcome>, InfraError>

/** The entries of one webhook for one partition: all are admitted, or none. */
interface WaitingWebhook {
  readonly partition: number
  readonly entries: ReadonlyArray<NewEntry>
  readonly bytes: number
  readonly done: (admissions: Admissions) => void
}

/**
 * Queues entries and calls `done` once, later. If `done` throws, it is called once more with the defect. This is a plain
 * function, since a fiber for each webhook would cost more than the rest.
 */
export type Commit = (
  partition: number,
  entries: ReadonlyArray<NewEntry>,
  done: (admissions: Admissions) => void
) => void

/**
 * Makes a commit in which concurrent webhooks share round trips. A batch holds the webhooks that arrive in one turn of the
 * event loop, or while their shard has a batch under way. `run` starts an effect in the scope of admission. `nonce` makes a
 * random name for a batch.
 */
export const groupCommit = (
  log: EventLog["Service"],
  partitions: number,
  run: (effect: Effect.Effect<void>) => void,
  nonce: () => string
): Commit => {
  const shards = new Map<number, Shard>()
  for (let partition = 0; partition < partitions; partition++) {
    shards.set(log.shardOf(partition), { waiting: [], underWay: false })
  }
  let scheduled = false

  const commit = (waiting: ReadonlyArray<WaitingWebhook>): Effect.Effect<void> => {
    const parts = partsOf(waiting)
    const batch = { nonce: nonce(), parts }
    return retryIfUnknown(log.admit(batch), () => log.admit(batch)).pipe(
      Effect.map((admissions) => callBack(waiting, parts, admissions)),
      Effect.catch((error) =>
        waiting.length === 1 || isStoreError(error)
          ? fail(waiting, Cause.fail(error))
          : parts.length > 1
            ? commitByPartition(waiting)
            : commitByWebhook(waiting)
      )
    )
  }

  /** Commits each partition by itself: one may be damaged while the others work. */
  const commitByPartition = (waiting: ReadonlyArray<WaitingWebhook>) =>
    Effect.forEach(Map.groupBy(waiting, ({ partition }) => partition).values(), commit, { discard: true })

  /** Commits each webhook by itself. */
  const commitByWebhook = (waiting: ReadonlyArray<WaitingWebhook>) =>
    Effect.forEach(waiting, (one) => Effect.map(Effect.exit(log.admit({ nonce: nonce(), parts: [one] })), one.done), {
      discard: true
    })

  const start = () => {
    scheduled = false
    for (const shard of shards.values()) {
      if (shard.waiting.length === 0 || shard.underWay) continue
      shard.underWay = true
      const batch = takeBatch(shard.waiting)
      run(
        Effect.ensuring(
          Effect.catchCause(commit(batch), (cause) => fail(batch, cause)),
          Effect.sync(() => {
            shard.underWay = false
            if (shard.waiting.length > 0) schedule()
          })
        )
      )
    }
  }

  const schedule = () => {
    if (scheduled) return
    scheduled = true
    run(Effect.map(Effect.yieldNow, start))
  }

  return (partition, entries, done) => {
    const shard = shards.get(log.shardOf(partition))
    if (shard === undefined) return
    let called = false
    const once = (admissions: Admissions) => {
      if (called) return
      called = true
      // A callback that throws receives the defect. The other webhooks of the batch are not affected.
      const result = Result.try({ try: () => done(admissions), catch: (defect) => defect })
      if (Result.isFailure(result)) done(Exit.die(result.failure))
    }
    const bytes = entries.reduce((sum, entry) => sum + entryBytes(entry), 0)
    shard.waiting.push({ partition, entries, bytes, done: once })
    if (!shard.underWay) schedule()
  }
}

/** Returns how much an entry counts towards {@link maxBytes}. */
export const entryBytes = ({ record, sealed = "" }: NewEntry): number => record.length + sealed.length

/** Partitions that one write can cover. One batch of them is under way at a time. */
interface Shard {
  readonly waiting: Array<WaitingWebhook>
  underWay: boolean
}

/** Groups the entries of the waiting webhooks by partition. Keeps their order. */
const partsOf = (waiting: ReadonlyArray<WaitingWebhook>): ReadonlyArray<LogPart> => {
  const parts = new Map<number, Array<NewEntry>>()
  for (const { partition, entries } of waiting) {
    const part = parts.get(partition)
    if (part === undefined) parts.set(partition, [...entries])
    else part.push(...entries)
  }
  return Array.from(parts, ([partition, entries]) => ({ partition, entries }))
}

/** Removes and returns the webhooks that fit into one batch, at least one. */
const takeBatch = (waiting: Array<WaitingWebhook>): ReadonlyArray<WaitingWebhook> => {
  let entries = 0
  let bytes = 0
  const count = waiting.findIndex((one, index) => {
    entries += one.entries.length
    bytes += one.bytes
    return index > 0 && (entries > maxEntries || bytes > maxBytes)
  })
  return waiting.splice(0, count === -1 ? waiting.length : count)
}

/** Error codes that no webhook of a batch can cause. */
const storeErrors = new Set([
  "store_unavailable",
  "store_tls",
  "store_full",
  "store_not_replicated",
  "store_unchecked",
  "store_not_as_declared"
])
const isStoreError = (error: InfraError) => storeErrors.has(error.code)

/** Calls each webhook back with its outcomes. The outcomes of a partition are in the order in which its webhooks waited. */
const callBack = (
  waiting: ReadonlyArray<WaitingWebhook>,
  parts: ReadonlyArray<LogPart>,
  admissions: ReadonlyArray<AdmitOutcome>
) => {
  const next = new Map<number, number>()
  let first = 0
  for (const { partition, entries } of parts) {
    next.set(partition, first)
    first += entries.length
  }
  for (const { partition, entries, done } of waiting) {
    const from = next.get(partition) ?? first
    next.set(partition, from + entries.length)
    done(Exit.succeed(admissions.slice(from, from + entries.length)))
  }
}

/** Calls every webhook of the batch back with the cause. */
const fail = (batch: ReadonlyArray<WaitingWebhook>, cause: Cause.Cause<InfraError>) =>
  Effect.sync(() => {
    for (const { done } of batch) done(Exit.failCause(cause))
  })
