import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import { retryIfUnknown } from "../../concurrency/retry.ts"
import type { InfraError } from "../../domain/failure.ts"
import type { AdmitOutcome, EventLog, NewEntry, LogPart } from "../event-log/event-log.ts"

/** The edges of a batch (G28). */
export const maxEntries = 256
export const maxBytes = 1_048_576

export type Admissions = Exit.Exit<ReadonlyArray<AdmitOutcome>, InfraError>

/** The entries of one webhook for one partition: admitted together or not at all. */
interface Waiting {
  readonly partition: number
  readonly entries: ReadonlyArray<NewEntry>
  readonly bytes: number
  readonly done: (admissions: Admissions) => void
}

/** Takes entries and calls back once, in its own time; where that throws, once more with the defect. A plain function: a fiber a webhook would cost more than the rest. */
export type Commit = (
  partition: number,
  entries: ReadonlyArray<NewEntry>,
  done: (admissions: Admissions) => void
) => void

/**
 * Concurrent webhooks share round trips: what comes in one turn of the event loop, or while its shard has a batch under
 * way, goes together. `run` starts an effect in the admission's own scope; `nonce` makes a random name for a batch.
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

  const commit = (waiting: ReadonlyArray<Waiting>): Effect.Effect<void> => {
    const parts = partsOf(waiting)
    const batch = { nonce: nonce(), parts }
    return retryIfUnknown(log.admit(batch), () => log.admit(batch)).pipe(
      Effect.map((admissions) => answer(waiting, parts, admissions)),
      Effect.catch((error) =>
        waiting.length === 1 || isAway(error)
          ? fail(waiting, Cause.fail(error))
          : parts.length > 1
            ? apart(waiting)
            : alone(waiting)
      )
    )
  }

  /** One partition may be damaged, and the others sound. */
  const apart = (waiting: ReadonlyArray<Waiting>) =>
    Effect.forEach(Map.groupBy(waiting, ({ partition }) => partition).values(), commit, { discard: true })

  const alone = (waiting: ReadonlyArray<Waiting>) =>
    Effect.forEach(waiting, (one) => Effect.map(Effect.exit(log.admit({ nonce: nonce(), parts: [one] })), one.done), {
      discard: true
    })

  const start = () => {
    scheduled = false
    for (const shard of shards.values()) {
      if (shard.waiting.length === 0 || shard.underWay) continue
      shard.underWay = true
      const batch = take(shard.waiting)
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
    let told = false
    const once = (admissions: Admissions) => {
      if (told) return
      told = true
      // Telling one may come upon a defect: that is his answer then, and nothing to the others of the batch.
      const telling = Result.try({ try: () => done(admissions), catch: (defect) => defect })
      if (Result.isFailure(telling)) done(Exit.die(telling.failure))
    }
    const bytes = entries.reduce((sum, entry) => sum + entryBytes(entry), 0)
    shard.waiting.push({ partition, entries, bytes, done: once })
    if (!shard.underWay) schedule()
  }
}

/** Counts an entry towards {@link maxBytes}. */
export const entryBytes = ({ record, sealed = "" }: NewEntry): number => record.length + sealed.length

/** Partitions that can be written together; one batch of them is under way at a time. */
interface Shard {
  readonly waiting: Array<Waiting>
  underWay: boolean
}

/** What waits, put together by partition, each in its order. */
const partsOf = (waiting: ReadonlyArray<Waiting>): ReadonlyArray<LogPart> => {
  const parts = new Map<number, Array<NewEntry>>()
  for (const { partition, entries } of waiting) {
    const part = parts.get(partition)
    if (part === undefined) parts.set(partition, [...entries])
    else part.push(...entries)
  }
  return Array.from(parts, ([partition, entries]) => ({ partition, entries }))
}

/** As much of what waits as fits into one batch; always at least one webhook. */
const take = (waiting: Array<Waiting>): ReadonlyArray<Waiting> => {
  let entries = 0
  let bytes = 0
  const count = waiting.findIndex((one, index) => {
    entries += one.entries.length
    bytes += one.bytes
    return index > 0 && (entries > maxEntries || bytes > maxBytes)
  })
  return waiting.splice(0, count === -1 ? waiting.length : count)
}

/** What no webhook of a batch is to blame for. */
const away = new Set([
  "store_unavailable",
  "store_tls",
  "store_full",
  "store_not_replicated",
  "store_unchecked",
  "store_not_as_declared"
])
const isAway = (error: InfraError) => away.has(error.code)

/** Gives each its own answers: those of a part stand in the order in which its webhooks waited. */
const answer = (
  waiting: ReadonlyArray<Waiting>,
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

/** Nobody of a batch is left waiting, whatever ended it. */
const fail = (batch: ReadonlyArray<Waiting>, cause: Cause.Cause<InfraError>) =>
  Effect.sync(() => {
    for (const { done } of batch) done(Exit.failCause(cause))
  })
