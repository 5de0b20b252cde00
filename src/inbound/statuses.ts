import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import { Log } from "../log/log.ts"
import { consume, page, readEvent, readRecord } from "./consume.ts"
import { hearEcho, isLookedFor } from "./echoes.ts"
import { persist } from "./dispatch.ts"
import { EventLog, type Ownership, type PendingEntry } from "./event-log.ts"
import { apply, evidenceOf } from "./evidence.ts"
import { Failovers } from "./failovers.ts"

const firstPause = 1_000
const longestPause = 30_000

/**
 * The reconciler: statuses reach the ledger by a consumer of their own, never behind a stuck runtime (G22). One that finds
 * no intent is an orphan: it stays unacknowledged, and so in the log, and is looked at again until its intent is there. So is
 * an echo that comes before the answer of the call that it may be of.
 */
export const reconcile = (owner: Ownership) =>
  Effect.gen(function* () {
    const events = yield* EventLog
    const log = yield* Log
    const orphans = Latch.makeUnsafe(false)
    let seen = 0
    let pause = firstPause

    const handle = Effect.fnUntraced(function* (entry: PendingEntry) {
      const event = yield* readEvent(owner, entry)
      if (event === undefined) return "done"
      if ((yield* isLookedFor(event)) && (yield* hearEcho(event)) === "later") return "early"
      const evidence = yield* evidenceOf(event)
      if (evidence !== undefined && (yield* apply(event, evidence)) === "orphan") return "orphan"
      yield* persist(events.acknowledge(owner, "ledger", entry.position))
      return "done"
    })

    const first = Effect.fnUntraced(function* (entry: PendingEntry) {
      const handled = yield* handle(entry)
      seen = entry.position
      if (handled === "done") return
      if (handled === "orphan") log.write("warn", "evidence.orphaned", { partition: owner.partition })
      pause = firstPause
      orphans.openUnsafe()
    })

    const again = Effect.gen(function* () {
      yield* orphans.await
      yield* Effect.sleep(pause)
      const upTo = seen
      let left = 0
      for (let after = 0; after < upTo;) {
        const entries = yield* persist(events.pending(owner.partition, "ledger", after, page))
        const old = entries.filter(({ position }) => position <= upTo)
        for (const entry of old) if ((yield* handle(entry)) !== "done") left += 1
        after = old.length < page ? upTo : (old.at(-1)?.position ?? upTo)
      }
      pause = Math.min(pause * 2, longestPause)
      if (left === 0 && seen === upTo) orphans.closeUnsafe()
    })

    return yield* Effect.raceFirst(consume(owner, "ledger", first), Effect.forever(again))
  })

/** Milliseconds before now that are read again after a failover (G22). */
export const readAgain = 3_600_000

/** Applies again what was applied lately, acknowledged or not: another server may lack it. The same again changes nothing. */
export const reconcileAgain = Effect.fnUntraced(function* (owner: Ownership) {
  const failovers = yield* Failovers
  const log = yield* Log
  let after: string | undefined
  do {
    const { records, next } = yield* persist(failovers.lately(owner.partition, readAgain, after, page))
    for (const record of records) {
      const event = yield* readRecord(owner, record)
      if (event !== undefined && (yield* isLookedFor(event))) yield* hearEcho(event)
      const evidence = event === undefined ? undefined : yield* evidenceOf(event)
      if (event !== undefined && evidence !== undefined) yield* apply(event, evidence)
    }
    after = next
  } while (after !== undefined)
  log.write("info", "evidence.read_again", { partition: owner.partition })
})
