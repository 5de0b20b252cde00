import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { InfraError } from "../../domain/failure.ts"
import { QuarantineId } from "../../domain/ids.ts"
import { Deployment } from "../../deployment/deployment.ts"
import { EventRecords, type EventPage, type Range } from "../event-log/event-admin.ts"
import { decodeHeader } from "../event-log/event-codec.ts"
import { quarantineHeadOf, QuarantineReason } from "../event-log/quarantine-codec.ts"
import { releaseQuarantined } from "./release.ts"
import { InboundNotifications } from "../notifications.ts"

const from = Schema.Finite.annotate({
  description: "Selects records from this time on, included, in milliseconds since the epoch."
})
const to = Schema.Finite.annotate({
  description: "Selects records up to this time, included, in milliseconds since the epoch. Default: now."
})
const times = { from: Schema.optionalKey(from), to: Schema.optionalKey(to) }
const connector = Schema.optionalKey(
  Schema.String.annotate({ description: "Selects records of this connector. Default: every connector." })
)
const account = Schema.optionalKey(
  Schema.String.annotate({ description: "Selects records of the account with this alias. Default: every account." })
)
const letterReason = Schema.optionalKey(
  Schema.String.annotate({
    description: "Selects dead letters with this reason, such as `runtime_refused_400`. Default: every reason."
  })
)

/** Filter of dead letters. Every given member must match. */
export const LetterFilter = Schema.Struct({ ...times, connector, account, reason: letterReason }).annotate({
  description: "Selects the dead letters that match every given member. `{}` selects all."
})
/** Filter of events. `from` is required. */
export const EventFilter = Schema.Struct({ ...times, from, connector, account }).annotate({
  description: "Selects the events that match every given member. `from` is required."
})
/** Filter of quarantined items. `reason` is required: items that another account's secret signed are released only by name. */
export const ItemFilter = Schema.Struct({ ...times, connector, reason: QuarantineReason }).annotate({
  description: "Selects the quarantined items that match every given member. `reason` is required."
})

/** Records that one request reads. The caller continues with `next`. */
const maxRecords = 1_000
const pageSize = 200

interface BulkRequest<Filter> {
  readonly filter: Filter
  readonly cursor?: string
}

/** Calls `act` for each page, oldest first, up to the limit of one request. Returns the cursor to continue with. */
const forEachPage = <A, E, R>(
  list: (range: Range) => Effect.Effect<EventPage<A>, InfraError>,
  range: Omit<Range, "limit" | "order">,
  act: (entries: ReadonlyArray<A>) => Effect.Effect<void, E, R>
): Effect.Effect<{ readonly next?: string }, E | InfraError, R> =>
  Effect.gen(function* () {
    let { cursor } = range
    for (let read = 0; read < maxRecords; read += pageSize) {
      const at = cursor === undefined ? {} : { cursor }
      const { entries, next } = yield* list({ ...range, ...at, limit: pageSize, order: "oldest" })
      yield* act(entries)
      if (next === undefined) return {}
      cursor = next
    }
    return cursor === undefined ? {} : { next: cursor }
  })

const rangeOf = ({ from, to }: { readonly from?: number; readonly to?: number }, cursor: string | undefined) => ({
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
  ...(cursor === undefined ? {} : { cursor })
})

const fits = (filter: { readonly connector?: string; readonly account?: string }, record: string): boolean => {
  if (filter.connector === undefined && filter.account === undefined) return true
  const head = decodeHeader(record)
  return (
    head !== undefined &&
    (filter.connector ?? head.connector) === head.connector &&
    (filter.account ?? head.account) === head.account
  )
}

/** Notifies the delivery workers of this process. Those of other replicas poll. */
export const notifyAll = Effect.gen(function* () {
  const notifications = yield* InboundNotifications
  const { partitions } = yield* Deployment
  for (let partition = 0; partition < partitions; partition++) notifications.runtime.notify(partition)
})

/** Redrives the dead letters that match. */
export const redriveMany = Effect.fnUntraced(function* ({ filter, cursor }: BulkRequest<typeof LetterFilter.Type>) {
  const records = yield* EventRecords
  let redriven = 0
  const end = yield* forEachPage(records.deadLetters, rangeOf(filter, cursor), (letters) => {
    const ids = letters
      .filter(({ reason, record }) => (filter.reason ?? reason) === reason && fits(filter, record))
      .map(({ id }) => id)
    return Effect.map(records.redrive(ids), (done) => void (redriven += done.length))
  })
  yield* notifyAll
  return { redriven, ...end }
})

/** Replays the delivered events that match, up to now unless `to` is given. Skips pending and dead-lettered events. */
export const replayMany = Effect.fnUntraced(function* ({ filter, cursor }: BulkRequest<typeof EventFilter.Type>) {
  const records = yield* EventRecords
  const to = filter.to ?? (yield* Clock.currentTimeMillis)
  let replayed = 0
  let skipped = 0
  const end = yield* forEachPage(records.events, rangeOf({ ...filter, to }, cursor), (events) => {
    const places = events.filter(({ record }) => fits(filter, record)).map(({ place = "" }) => place)
    return Effect.map(records.replay(places), (answers) => {
      const done = answers.filter(({ replay }) => typeof replay === "number").length
      replayed += done
      skipped += answers.length - done
    })
  })
  yield* notifyAll
  return { replayed, skipped, to, ...end }
})

/** Releases the quarantined items that match, and counts those that stay. */
export const releaseMany = Effect.fnUntraced(function* ({ filter, cursor }: BulkRequest<typeof ItemFilter.Type>) {
  const records = yield* EventRecords
  const counts = { released: 0, stay: 0, admitted: 0, deduped: 0 }
  const isId = Schema.is(QuarantineId)
  const end = yield* forEachPage(records.quarantine, rangeOf(filter, cursor), (items) =>
    Effect.forEach(
      items.filter(({ record }) => {
        const head = quarantineHeadOf(record)
        return head?.reason === filter.reason && (filter.connector ?? head.con) === head.con
      }),
      Effect.fnUntraced(function* ({ id }) {
        const released = isId(id)
          ? yield* Effect.catchTag(releaseQuarantined(id), "Unreadable", () => Effect.undefined)
          : undefined
        if (released?._tag !== "Released") counts.stay += 1
        else {
          counts.released += 1
          counts.admitted += released.admitted
          counts.deduped += released.deduped
        }
      }),
      { discard: true }
    )
  )
  return { ...counts, ...end }
})
