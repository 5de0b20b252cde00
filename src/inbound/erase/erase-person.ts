import * as Effect from "effect/Effect"
import type { FailureReport } from "../../domain/failure.ts"
import { IntentLedger } from "../../outbound/ledger/intent-ledger.ts"
import { Deployment } from "../../deployment/deployment.ts"
import { EventRecords, type Collection } from "../event-log/event-admin.ts"
import { type Finder, finderOf } from "./find-person.ts"
import type { Forgetting } from "./person.ts"

/** Records read at once, and pages of them that one request goes through. */
const page = 50
const pages = 256

/** In the order in which they are gone through: what an event may become comes after it. */
const holds = ["quarantine", "log", "dead", "replies", "intents"] as const
type Hold = (typeof holds)[number]

const forgotten: FailureReport = {
  class: "InfraError",
  code: "recipient_forgotten",
  certainty: "not_applied",
  transient: false,
  detail: "the recipient was forgotten before it was performed"
}

export interface Erased {
  events: number
  /** Of the events, those that the runtime had not acknowledged: dead-lettered, reason `forgotten`, with no letter. */
  pending: number
  deadLetters: number
  quarantined: number
  replies: number
  intents: number
  /** Of the intents, those that were accepted, and are not going to be performed. */
  abandoned: number
  /** Of the intents, those whose call may be under way: what it answers comes to rest after this. */
  underWay: number
  /** What cannot be opened with the keys at hand, and so may still name him. */
  unreadable: number
}

const nothing = (): Erased => ({
  events: 0,
  pending: 0,
  deadLetters: 0,
  quarantined: 0,
  replies: 0,
  intents: 0,
  abandoned: 0,
  underWay: 0,
  unreadable: 0
})

const counted = { log: "events", dead: "deadLetters", quarantine: "quarantined", replies: "replies" } as const

/** `<hold>.<partition>.<after>`, the last of which is the store's own. */
const placeOf = (cursor: string | undefined) => {
  if (cursor === undefined) return { hold: 0, partition: 0, after: undefined }
  const [, name, partition, after = ""] = /^([a-z]{3,10})\.(\d{1,4})\.([A-Za-z0-9_. -]{0,80})$/.exec(cursor) ?? []
  const hold = holds.findIndex((one) => one === name)
  return hold < 0 ? undefined : { hold, partition: Number(partition), after: after === "" ? undefined : after }
}

export const isForgetCursor = (cursor: string): boolean => placeOf(cursor) !== undefined

const fromShelf = Effect.fnUntraced(function* (
  finder: Finder,
  erased: Erased,
  shelf: Collection,
  partition: number,
  after: string | undefined
) {
  const records = yield* EventRecords
  const { entries, next } = yield* records.resting(partition, shelf, page, after)
  const found = yield* Effect.forEach(entries, ({ record }) => finder.inRecord(shelf, record))
  erased.unreadable += found.filter((one) => one === "unreadable").length
  const places = entries.flatMap(({ place }, at) => (found[at] === "named" ? [place] : []))
  const gone = yield* records.erase(partition, shelf, places)
  erased[counted[shelf]] += gone.erased
  erased.pending += gone.pending
  return next
})

const fromLedger = Effect.fnUntraced(function* (
  finder: Finder,
  erased: Erased,
  partition: number,
  after: string | undefined
) {
  const ledger = yield* IntentLedger
  const { entries, next } = yield* ledger.resting(partition, page, after)
  for (const entry of entries) {
    const found = finder.inIntent(entry)
    if (found === "unreadable") erased.unreadable += 1
    if (found !== "named" || (yield* ledger.forget(entry.intentId, forgotten)) === undefined) continue
    erased.intents += 1
    if (entry.state === "accepted") erased.abandoned += 1
    if (entry.state === "claimed") erased.underWay += 1
  }
  return next
})

const from = (finder: Finder, erased: Erased, hold: Hold, partition: number, after: string | undefined) =>
  hold === "intents" ? fromLedger(finder, erased, partition, after) : fromShelf(finder, erased, hold, partition, after)

/**
 * Erases what the store holds of a person, as far as one request goes, and answers where to go on. The same again erases
 * what has come since, and nothing where nothing has. Keyed hashes stay: marks, tombstones, ids.
 */
export const erasePerson = Effect.fnUntraced(function* (asked: Forgetting, cursor?: string) {
  const { partitions } = yield* Deployment
  const finder = yield* finderOf(asked)
  const erased = nothing()
  const limits = cursor === undefined ? yield* finder.forgetRecipient : 0
  let { hold, partition, after } = placeOf(cursor) ?? { hold: 0, partition: 0, after: undefined }
  for (let read = 0; hold < holds.length; read++) {
    const name = holds[hold]
    if (name === undefined) break
    if (read === pages) return { ...erased, limits, next: `${name}.${partition}.${after ?? ""}` }
    const next: string | undefined =
      partition < partitions ? yield* from(finder, erased, name, partition, after) : undefined
    after = next
    if (next !== undefined) continue
    partition += 1
    if (partition < partitions) continue
    partition = 0
    hold += 1
  }
  yield* finder.forgetAliases
  return { ...erased, limits }
})
