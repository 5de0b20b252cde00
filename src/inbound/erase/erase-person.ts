import * as Effect from "effect/Effect"
import type { FailureReport } from "../../domain/failure.ts"
import { IntentLedger } from "../../outbound/ledger/intent-ledger.ts"
import { Deployment } from "../../deployment/deployment.ts"
import { EventRecords, type Collection } from "../event-log/event-admin.ts"
import { type Finder, finderOf } from "./find-person.ts"
import type { ErasureRequest } from "./person.ts"

/** Records in one read, and reads in one request. */
const pageSize = 50
const maxPages = 256

/** Collections in the order in which they are read: what an event may become comes after it. */
const holds = ["quarantine", "log", "delivered", "dead", "replies", "intents"] as const
type Hold = (typeof holds)[number]

const forgotten: FailureReport = {
  class: "InfraError",
  code: "recipient_forgotten",
  certainty: "not_applied",
  transient: false,
  detail: "the recipient was erased before the intent was performed"
}

export interface Erased {
  events: number
  /** Part of `events` that were pending. They count as dead-lettered, reason `forgotten`, without a letter. */
  pending: number
  deadLetters: number
  quarantined: number
  replies: number
  intents: number
  /** Part of `intents` that were accepted. They are not performed. */
  abandoned: number
  /** Part of `intents` whose call may be under way. Its answer is stored after this. */
  underWay: number
  /** Records that the present keys cannot open. They may still name the person. */
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

const counted = {
  log: "events",
  delivered: "events",
  dead: "deadLetters",
  quarantine: "quarantined",
  replies: "replies"
} as const

/** Parses `<collection>.<partition>.<after>`; `after` is the store's own cursor. Returns `undefined` when it is invalid. */
const parseCursor = (cursor: string | undefined) => {
  if (cursor === undefined) return { hold: 0, partition: 0, after: undefined }
  const [, name, partition, after = ""] = /^([a-z]{3,10})\.(\d{1,4})\.([A-Za-z0-9_. -]{0,80})$/.exec(cursor) ?? []
  const hold = holds.findIndex((one) => one === name)
  return hold < 0 ? undefined : { hold, partition: Number(partition), after: after === "" ? undefined : after }
}

export const isForgetCursor = (cursor: string): boolean => parseCursor(cursor) !== undefined

const eraseRecords = Effect.fnUntraced(function* (
  finder: Finder,
  erased: Erased,
  collection: Collection,
  partition: number,
  after: string | undefined
) {
  const records = yield* EventRecords
  const { entries, next } = yield* records.stored(partition, collection, pageSize, after)
  const found = yield* Effect.forEach(entries, ({ record }) => finder.inRecord(collection, record))
  erased.unreadable += found.filter((one) => one === "unreadable").length
  const places = entries.flatMap(({ place }, at) => (found[at] === "named" ? [place] : []))
  const gone = yield* records.erase(partition, collection, places)
  erased[counted[collection]] += gone.erased
  erased.pending += gone.pending
  return next
})

const eraseIntents = Effect.fnUntraced(function* (
  finder: Finder,
  erased: Erased,
  partition: number,
  after: string | undefined
) {
  const ledger = yield* IntentLedger
  const { entries, next } = yield* ledger.stored(partition, pageSize, after)
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

const erasePage = (finder: Finder, erased: Erased, hold: Hold, partition: number, after: string | undefined) =>
  hold === "intents"
    ? eraseIntents(finder, erased, partition, after)
    : eraseRecords(finder, erased, hold, partition, after)

/**
 * Deletes the records of a person, up to the limit of one request. Returns their numbers and the cursor to continue with. A
 * repeated request deletes what has arrived since. Keyed hashes stay: marks, tombstones, ids.
 */
export const erasePerson = Effect.fnUntraced(function* (request: ErasureRequest, cursor?: string) {
  const { partitions } = yield* Deployment
  const finder = yield* finderOf(request)
  const erased = nothing()
  const limits = cursor === undefined ? yield* finder.forgetRecipient : 0
  let { hold, partition, after } = parseCursor(cursor) ?? { hold: 0, partition: 0, after: undefined }
  for (let read = 0; hold < holds.length; read++) {
    const name = holds[hold]
    if (name === undefined) break
    if (read === maxPages) return { ...erased, limits, next: `${name}.${partition}.${after ?? ""}` }
    const next: string | undefined =
      partition < partitions ? yield* erasePage(finder, erased, name, partition, after) : undefined
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
