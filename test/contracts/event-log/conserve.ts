import { describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { EventLog } from "../../../src/inbound/event-log/event-log.ts"
import { EventRecords } from "../../../src/inbound/event-log/event-admin.ts"
import type { StoreUnderTest } from "../store.ts"
import { assertConserved, batch, event, ownerOf, positions, quarantined } from "./subject.ts"
import { into } from "../../support/into.ts"

const Step = Schema.Struct({
  partition: Schema.Literals([0, 1]),
  what: Schema.Literals([
    "admit",
    "repeat",
    "quarantine",
    "acknowledge",
    "dead-letter",
    "refuse",
    "redrive",
    "replay",
    "release",
    "sweep"
  ]),
  keys: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9 }))).check(Schema.isMaxLength(6))
})
const Steps = Schema.Array(Step).check(Schema.isMaxLength(25))

export const conserveContract = <R>(name: string, { layer }: StoreUnderTest<R>) => {
  describe(`conservation in the event log in ${name}`, () => {
    it.effect.prop(
      "the event log conserves every event under any sequence of operations",
      [Steps],
      ([steps]) =>
        Effect.gen(function* () {
          const log = yield* EventLog
          const records = yield* EventRecords
          let last = batch()
          for (const { partition, what, keys } of steps) {
            if (what === "admit") last = batch(...keys.map((n) => event(n)))
            if (what === "quarantine") last = batch(...keys.map((n) => quarantined(n)))
            if (what === "admit" || what === "quarantine" || what === "repeat") yield* log.admit(into(partition, last))
            const [position = 0] = yield* positions(partition, "runtime", 0, 1)
            const owner = yield* ownerOf(partition)
            if (what === "acknowledge") yield* log.acknowledge(owner, "runtime", position)
            if (what === "dead-letter") yield* log.deadLetter(owner, position, "refused 410")
            if (what === "sweep") yield* log.sweep(owner)
            if (what === "redrive") yield* records.redrive(keys.map((n) => event(n).key))
            if (what === "replay") {
              const { entries } = yield* records.events({ limit: 3, order: "newest" })
              yield* records.replay(entries.map(({ place = "" }) => place))
            }
            if (what === "release") {
              const released = keys.slice(0, 1).map((n) => event(n))
              const admitted = yield* log.admit(into(partition, batch(...released)))
              for (const n of keys.slice(0, 1)) yield* records.removeQuarantined(quarantined(n).key, admitted.length)
            }
            if (what === "refuse") yield* log.refuse(owner, position, 1)
            yield* assertConserved
          }
        }).pipe(Effect.provide(layer())),
      { arbitrary: { runs: 20 } }
    )

    it.effect("the event log answers a ping", () => EventLog.use((log) => log.ping).pipe(Effect.provide(layer())))
  })
}
