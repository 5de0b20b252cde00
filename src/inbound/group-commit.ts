import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { InfraError } from "../domain/failure.ts"
import type { Admission, EventLog, NewEntry } from "./event-log.ts"

/** The edges of a batch (G28). */
export const maxEntries = 256
export const maxBytes = 1_048_576

export type Admissions = Exit.Exit<ReadonlyArray<Admission>, InfraError>

/** The entries of one webhook for one partition: admitted together or not at all. */
interface Waiting {
  readonly entries: ReadonlyArray<NewEntry>
  readonly bytes: number
  readonly done: (admissions: Admissions) => void
}

/** Takes entries and calls back once, in its own time. A plain function: a fiber a webhook would cost more than the rest. */
export type Commit = (
  partition: number,
  entries: ReadonlyArray<NewEntry>,
  done: (admissions: Admissions) => void
) => void

/**
 * Concurrent webhooks share round trips: what comes in one turn of the event loop, or while its partition has a batch
 * under way, goes together. `run` starts an effect in the admission's own scope; `nonce` makes a random name for a batch.
 */
export const groupCommit = (
  log: EventLog["Service"],
  partitions: number,
  run: (effect: Effect.Effect<void>) => void,
  nonce: () => string
): Commit => {
  const groups = Array.from({ length: partitions }, () => ({ waiting: Array<Waiting>(), underWay: false }))
  let scheduled = false

  const commit = (partition: number, batch: ReadonlyArray<Waiting>) => {
    const request = { nonce: nonce(), entries: batch.flatMap(({ entries }) => entries) }
    return log.admit(partition, request).pipe(
      Effect.catchIf(
        (error) => error.certainty === "unknown",
        () => log.admit(partition, request)
      ),
      Effect.map((admissions) => answer(batch, admissions)),
      Effect.catch((error) =>
        batch.length === 1 || isAway(error) ? fail(batch, Cause.fail(error)) : alone(partition, batch)
      )
    )
  }

  const alone = (partition: number, batch: ReadonlyArray<Waiting>) =>
    Effect.forEach(
      batch,
      ({ entries, done }) => Effect.map(Effect.exit(log.admit(partition, { nonce: nonce(), entries })), done),
      { discard: true }
    )

  const start = () => {
    scheduled = false
    for (const [partition, group] of groups.entries()) {
      if (group.waiting.length === 0 || group.underWay) continue
      group.underWay = true
      const batch = take(group.waiting)
      run(
        Effect.ensuring(
          Effect.catchCause(commit(partition, batch), (cause) => fail(batch, cause)),
          Effect.sync(() => {
            group.underWay = false
            if (group.waiting.length > 0) schedule()
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
    const group = groups[partition]
    if (group === undefined) return
    let told = false
    const once = (admissions: Admissions) => {
      if (told) return
      told = true
      done(admissions)
    }
    group.waiting.push({ entries, bytes: entries.reduce((sum, { record }) => sum + record.length, 0), done: once })
    if (!group.underWay) schedule()
  }
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

const isAway = (error: InfraError) => error.code === "store_unavailable" || error.code === "store_full"

const answer = (batch: ReadonlyArray<Waiting>, admissions: ReadonlyArray<Admission>) => {
  let from = 0
  for (const { entries, done } of batch) {
    done(Exit.succeed(admissions.slice(from, from + entries.length)))
    from += entries.length
  }
}

/** Nobody of a batch is left waiting, whatever ended it. */
const fail = (batch: ReadonlyArray<Waiting>, cause: Cause.Cause<InfraError>) =>
  Effect.sync(() => {
    for (const { done } of batch) done(Exit.failCause(cause))
  })
