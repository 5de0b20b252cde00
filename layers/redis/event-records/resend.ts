import * as Effect from "effect/Effect"
import { type EventRecords, parsePlace, type Replayed } from "../../../src/inbound/event-log/event-admin.ts"
import type { Calls } from "../event-log/calls.ts"
import { full } from "../failure.ts"
import type { KeyName } from "../keys.ts"
import { asInteger, asTexts } from "../scripting/reply.ts"
import type { RedisStore } from "../client.ts"
import { redriveScript, replayScript } from "./scripts/send-again.ts"
import { takeOutScript } from "./scripts/collections.ts"

const shared: ReadonlyArray<KeyName> = ["log", "todo:runtime", "counters", "again", "again:items"]

const asReplayed = (place: string, word: string | undefined): Replayed => {
  if (word === "pending" || word === "dead_lettered") return { place, replay: word }
  return { place, replay: Number(word) > 0 ? Number(word) : "absent" }
}

/** Redrives dead letters, replays events, and takes released items out of the quarantine. */
export const eventResendMethods = (
  store: RedisStore["Service"],
  { partitions, run }: Calls
): Pick<EventRecords["Service"], "redrive" | "replay" | "takeOut"> => {
  const everywhere = <A, E>(one: (partition: number) => Effect.Effect<A, E>) =>
    Effect.forEach(partitions, one, { concurrency: "unbounded" })

  const replayIn = (places: ReadonlyArray<string>) => (partition: number) => {
    const here = places.filter((place) => parsePlace(place)?.partition === partition)
    if (here.length === 0) return Effect.succeed([])
    const ids = here.map((place) => place.slice(0, place.lastIndexOf("-")))
    return run(replayScript, partition, [...shared, "dead:items"], ids).pipe(
      Effect.flatMap(asTexts(replayScript.name)),
      Effect.map((words) => here.map((place, at) => asReplayed(place, words[at])))
    )
  }

  return {
    redrive: (ids) =>
      Effect.map(
        everywhere((partition) =>
          Effect.flatMap(
            run(redriveScript, partition, [...shared, "todo:ledger", "dead", "dead:items"], ids),
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
    takeOut: (id, events) =>
      Effect.map(
        everywhere((partition) =>
          Effect.flatMap(
            run(takeOutScript, partition, ["quarantine", "quarantine:items", "counters"], [id, events]),
            asInteger(takeOutScript.name)
          )
        ),
        (taken) => taken.includes(1)
      )
  }
}
