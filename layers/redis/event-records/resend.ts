import * as Effect from "effect/Effect"
import { type EventRecords, placeOf, type Replayed } from "../../../src/inbound/event-log/event-admin.ts"
import type { Calls } from "../event-log/calls.ts"
import { full } from "../failure.ts"
import type { Kept } from "../keys.ts"
import { asInteger, asTexts } from "../scripting/reply.ts"
import type { RedisStore } from "../client.ts"
import { redrive, replay } from "./scripts/send-again.ts"
import { takeOut } from "./scripts/collections.ts"

const shared: ReadonlyArray<Kept> = ["log", "todo:runtime", "counters", "again", "again:items"]

const asReplayed = (place: string, word: string | undefined): Replayed => {
  if (word === "pending" || word === "dead_lettered") return { place, replay: word }
  return { place, replay: Number(word) > 0 ? Number(word) : "absent" }
}

/** What an operator sends again. */
export const sending = (
  store: RedisStore["Service"],
  { partitions, run }: Calls
): Pick<EventRecords["Service"], "redrive" | "replay" | "takeOut"> => {
  const everywhere = <A, E>(one: (partition: number) => Effect.Effect<A, E>) =>
    Effect.forEach(partitions, one, { concurrency: "unbounded" })

  const replayIn = (places: ReadonlyArray<string>) => (partition: number) => {
    const here = places.filter((place) => placeOf(place)?.partition === partition)
    if (here.length === 0) return Effect.succeed([])
    const ids = here.map((place) => place.slice(0, place.lastIndexOf("-")))
    return run(replay, partition, [...shared, "dead:items"], ids).pipe(
      Effect.flatMap(asTexts(replay.name)),
      Effect.map((words) => here.map((place, at) => asReplayed(place, words[at])))
    )
  }

  return {
    redrive: (ids) =>
      Effect.map(
        everywhere((partition) =>
          Effect.flatMap(
            run(redrive, partition, [...shared, "todo:ledger", "dead", "dead:items"], ids),
            asTexts(redrive.name)
          )
        ),
        (done) => done.flat()
      ),
    replay: (places) =>
      Effect.suspend(() =>
        store.isFull()
          ? Effect.fail(full(replay.name))
          : Effect.map(everywhere(replayIn(places)), (found) => found.flat())
      ),
    takeOut: (id, events) =>
      Effect.map(
        everywhere((partition) =>
          Effect.flatMap(
            run(takeOut, partition, ["quarantine", "quarantine:items", "counters"], [id, events]),
            asInteger(takeOut.name)
          )
        ),
        (taken) => taken.includes(1)
      )
  }
}
