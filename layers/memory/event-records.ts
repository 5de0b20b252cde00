import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Layer from "effect/Layer"
import { EventRecords, parsePlace } from "../../src/inbound/event-log/event-admin.ts"
import { retention, type EventRetention } from "../../src/inbound/event-log/retention.ts"
import { Deployment } from "../../src/deployment/deployment.ts"
import { Logs } from "./event-log/partition-log.ts"
import { eraseFrom, redriveIn, replayIn, storedIn, removeQuarantinedFrom } from "./event-records/resend-erase.ts"
import { eventsOf, itemsOf, lettersOf, pageListed, storedEvent } from "./event-records/read.ts"
import { Leases } from "./partitions.ts"

/** Operators' view of this process's own log. */
export const layer = (
  options: Partial<EventRetention> = {}
): Layer.Layer<EventRecords, never, Deployment | Leases | Logs> =>
  Layer.effect(
    EventRecords,
    Effect.gen(function* () {
      const { partitions } = yield* Deployment
      const logs = yield* Logs
      const leases = yield* Leases
      const delivered = options.delivered ?? retention.delivered
      const everywhere = <A>(one: (partition: number) => ReadonlyArray<A>): ReadonlyArray<A> =>
        Array.from({ length: partitions }, (_, partition) => one(partition)).flat()
      const now = <A>(act: (now: number) => A) => Effect.map(Clock.currentTimeMillis, act)
      const letters = () => everywhere((partition) => lettersOf(logs.of(partition)))
      const items = () => everywhere((partition) => itemsOf(logs.of(partition)))

      return EventRecords.of({
        events: (range) =>
          Effect.sync(() =>
            pageListed(
              everywhere((one) => eventsOf(logs.of(one), one)),
              range
            )
          ),
        event: (key) =>
          Effect.sync(
            () => everywhere((one) => Option.toArray(Option.fromUndefinedOr(storedEvent(logs.of(one), one, key))))[0]
          ),
        remembered: (key) =>
          now((at) => {
            const oldest = Math.floor(at / retention.marks) - 1
            const holds = (partition: number) =>
              Array.from(logs.of(partition).marks).some(([made, keys]) => made >= oldest && keys.has(key))
            return everywhere((one) => [holds(one)]).includes(true)
          }),
        deadLetters: (range) => Effect.sync(() => pageListed(letters(), range)),
        deadLetter: (id) => Effect.sync(() => letters().find((letter) => letter.id === id)),
        quarantine: (range) => Effect.sync(() => pageListed(items(), range)),
        quarantined: (id) => Effect.sync(() => items().find((item) => item.id === id)),
        redrive: (ids) =>
          now((at) => everywhere((partition) => redriveIn(logs.of(partition), ids, { at, until: at + delivered }))),
        replay: (places) =>
          now((at) =>
            places.map((place) => {
              const found = parsePlace(place)
              const log = found === undefined ? undefined : logs.of(found.partition)
              const times = { at, until: at + delivered }
              return {
                place,
                replay: log === undefined || found === undefined ? "absent" : replayIn(log, found, times)
              }
            })
          ),
        stored: (partition, shelf, limit, after) =>
          Effect.sync(() => storedIn(logs.of(partition), shelf, limit, after)),
        erase: (partition, shelf, places) =>
          Effect.sync(() => {
            const answer = eraseFrom(logs.of(partition), shelf, places)
            const lease = leases.get(partition)
            const held = answer.pending > 0 || (shelf === "replies" && answer.erased > 0)
            if (held && lease !== undefined) leases.set(partition, { ...lease, epoch: lease.epoch + 1 })
            return answer
          }),
        removeQuarantined: (id, events) =>
          Effect.sync(() =>
            everywhere((partition) => [removeQuarantinedFrom(logs.of(partition), id, events)]).includes(true)
          )
      })
    })
  )
