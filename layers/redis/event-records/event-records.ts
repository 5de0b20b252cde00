import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Deployment } from "../../../src/deployment/deployment.ts"
import { EventRecords, parsePlace, type Replayed } from "../../../src/inbound/event-log/event-admin.ts"
import { type EventRetention, retention } from "../../../src/inbound/event-log/retention.ts"
import { RedisStore } from "../client.ts"
import { type Calls, callsOf } from "../event-log/calls.ts"
import { markTables } from "../marks/mark-table.ts"
import { full } from "../failure.ts"
import type { KeyName } from "../keys.ts"
import { asInteger, asTexts } from "../scripting/reply.ts"
import { eventEraseMethods } from "./erase.ts"
import { eventFindMethods } from "./find.ts"
import { eventReadMethods } from "./read.ts"
import { removeQuarantinedScript } from "./scripts/collections.ts"
import { redriveScript, replayScript } from "./scripts/send-again.ts"

const shared: ReadonlyArray<KeyName> = ["log", "todo:runtime", "counters", "again", "again:items"]

const asReplayed = (place: string, word: string | undefined): Replayed => {
  if (word === "pending" || word === "dead_lettered") return { place, replay: word }
  return { place, replay: Number(word) > 0 ? Number(word) : "absent" }
}

/** Redrives dead letters, replays events, and takes released items out of the quarantine. */
const eventResendMethods = (
  store: RedisStore["Service"],
  { partitions, run }: Calls
): Pick<EventRecords["Service"], "redrive" | "replay" | "removeQuarantined"> => {
  const everywhere = <A, E>(one: (partition: number) => Effect.Effect<A, E>) =>
    Effect.forEach(partitions, one, { concurrency: "unbounded" })

  const replayIn = (places: ReadonlyArray<string>) => (partition: number) => {
    const here = places.filter((place) => parsePlace(place)?.partition === partition)
    if (here.length === 0) return Effect.succeed([])
    const ids = here.map((place) => place.slice(0, place.lastIndexOf("-")))
    return run(replayScript, partition, [...shared, "dead:items", "delivered"], ids).pipe(
      Effect.flatMap(asTexts(replayScript.name)),
      Effect.map((words) => here.map((place, at) => asReplayed(place, words[at])))
    )
  }

  return {
    redrive: (ids) =>
      Effect.map(
        everywhere((partition) =>
          Effect.flatMap(
            run(redriveScript, partition, [...shared, "todo:ledger", "dead", "dead:items", "delivered"], ids),
            asTexts(redriveScript.name)
          )
        ),
        (done) => done.flat()
      ),
    replay: (places) =>
      Effect.suspend(() =>
        store.isFull()
          ? Effect.fail(full(replayScript.name))
          : Effect.map(everywhere(replayIn(places)), (found) => found.flat())
      ),
    removeQuarantined: (id, events) =>
      Effect.map(
        everywhere((partition) =>
          Effect.flatMap(
            run(removeQuarantinedScript, partition, ["quarantine", "quarantine:items", "counters"], [id, events]),
            asInteger(removeQuarantinedScript.name)
          )
        ),
        (taken) => taken.includes(1)
      )
  }
}

/** Provides the event records on Redis. The options default to {@link retention}. */
export const layer = (
  options: Partial<EventRetention> = {}
): Layer.Layer<EventRecords, never, RedisStore | Deployment> =>
  Layer.effect(
    EventRecords,
    Effect.gen(function* () {
      const store = yield* RedisStore
      const deployment = yield* Deployment
      const kept: EventRetention = { ...retention, ...options }
      const calls = callsOf(store, deployment)
      return EventRecords.of({
        ...eventReadMethods(calls),
        ...eventResendMethods(store, calls),
        ...eventEraseMethods(calls),
        ...eventFindMethods(store, deployment, kept, calls, markTables())
      })
    })
  )
