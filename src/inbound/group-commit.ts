import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { InfraError } from "../domain/failure.ts"
import type { Admission, EventLog, NewEntry } from "./event-log.ts"

/** The edges of a batch (G28). */
export const maxEntries = 256
export const maxBytes = 1_048_576

/** The entries of one webhook for one partition: admitted together or not at all. */
interface Waiting {
  readonly entries: ReadonlyArray<NewEntry>
  readonly bytes: number
  readonly done: Deferred.Deferred<ReadonlyArray<Admission>, InfraError>
}

/**
 * Concurrent webhooks share round trips: while one batch of a partition is under way the next one gathers.
 * `run` starts an effect in the admission's own scope; `nonce` makes a random name for a batch.
 */
export const groupCommit = (
  log: EventLog["Service"],
  partition: number,
  run: (effect: Effect.Effect<void>) => void,
  nonce: () => string
) => {
  const waiting: Array<Waiting> = []
  let underWay = false

  const take = (): ReadonlyArray<Waiting> => {
    let entries = 0
    let bytes = 0
    const count = waiting.findIndex((one, index) => {
      entries += one.entries.length
      bytes += one.bytes
      return index > 0 && (entries > maxEntries || bytes > maxBytes)
    })
    return waiting.splice(0, count === -1 ? waiting.length : count)
  }

  const commit = (batch: ReadonlyArray<Waiting>) => {
    const request = { nonce: nonce(), entries: batch.flatMap(({ entries }) => entries) }
    return log.admit(partition, request).pipe(
      Effect.catchIf(
        (error) => error.certainty === "unknown",
        () => log.admit(partition, request)
      ),
      Effect.flatMap((admissions) => answer(batch, admissions)),
      Effect.catch((error) => (batch.length === 1 || isAway(error) ? refuse(batch, error) : alone(batch)))
    )
  }

  const alone = (batch: ReadonlyArray<Waiting>) =>
    Effect.forEach(
      batch,
      ({ entries, done }) =>
        Effect.flatMap(Effect.exit(log.admit(partition, { nonce: nonce(), entries })), (exit) =>
          Deferred.done(done, exit)
        ),
      { discard: true }
    )

  const drain: Effect.Effect<void> = Effect.suspend(() => {
    const batch = take()
    if (batch.length === 0) {
      underWay = false
      return Effect.void
    }
    return Effect.flatMap(commit(batch), () => drain)
  })

  return (entries: ReadonlyArray<NewEntry>): Effect.Effect<ReadonlyArray<Admission>, InfraError> =>
    Effect.suspend(() => {
      const done = Deferred.makeUnsafe<ReadonlyArray<Admission>, InfraError>()
      const bytes = entries.reduce((sum, { record }) => sum + record.length, 0)
      waiting.push({ entries, bytes, done })
      if (!underWay) {
        underWay = true
        run(drain)
      }
      return Deferred.await(done)
    })
}

const isAway = (error: InfraError) => error.code === "store_unavailable" || error.code === "store_full"

const answer = (batch: ReadonlyArray<Waiting>, admissions: ReadonlyArray<Admission>) =>
  Effect.sync(() => {
    let from = 0
    for (const { entries, done } of batch) {
      Deferred.doneUnsafe(done, Exit.succeed(admissions.slice(from, from + entries.length)))
      from += entries.length
    }
  })

const refuse = (batch: ReadonlyArray<Waiting>, error: InfraError) =>
  Effect.sync(() => {
    for (const { done } of batch) Deferred.doneUnsafe(done, Exit.fail(error))
  })
