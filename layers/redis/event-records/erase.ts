import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { EventRecords, Resting, Shelf } from "../../../src/inbound/event-log/event-admin.ts"
import type { Calls } from "../event-log/calls.ts"
import { unexpectedReply } from "../failure.ts"
import { asTexts } from "../scripting/reply.ts"
import { eraseEvents, eraseItems, eraseReplies, restInHash, restInStream } from "./scripts/erase.ts"

const decodeErased = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Finite, Schema.Finite]))

const reading = {
  log: { script: restInStream, name: "log" },
  replies: { script: restInStream, name: "replies" },
  dead: { script: restInHash, name: "dead:items" },
  quarantine: { script: restInHash, name: "quarantine:items" }
} as const

/** The first line of a dead letter is ours. */
const recordOf = (shelf: Shelf, text: string) => (shelf === "dead" ? text.slice(text.indexOf("\n") + 1) : text)

/** What rests of people, a page at a time, and its end. */
export const forgetting = ({ run }: Calls): Pick<EventRecords["Service"], "resting" | "erase"> => {
  const erased = (shelf: Shelf, partition: number, places: ReadonlyArray<string>) => {
    switch (shelf) {
      case "log": {
        const names = ["lease", "log", "todo:runtime", "todo:ledger", "late", "refusals", "counters"] as const
        return run(eraseEvents, partition, names, places)
      }
      case "replies":
        return run(eraseReplies, partition, ["lease", "replies"], places)
      case "dead":
        return run(eraseItems, partition, ["dead", "dead:items", "counters"], ["", ...places])
      case "quarantine":
        return run(
          eraseItems,
          partition,
          ["quarantine", "quarantine:items", "counters"],
          ["quarantineBytes", ...places]
        )
    }
  }

  return {
    resting: Effect.fnUntraced(function* (partition: number, shelf: Shelf, limit: number, after = "") {
      const { script, name } = reading[shelf]
      const reply = yield* run(script, partition, [name], [after, limit])
      const [next = "", ...texts] = yield* asTexts(script.name)(reply)
      const entries: Array<Resting> = []
      for (let at = 0; at + 1 < texts.length; at += 2) {
        entries.push({ place: texts[at] ?? "", record: recordOf(shelf, texts[at + 1] ?? "") })
      }
      return next === "" ? { entries } : { entries, next }
    }),
    erase: (partition, shelf, places) =>
      places.length === 0
        ? Effect.succeed({ erased: 0, pending: 0 })
        : erased(shelf, partition, places).pipe(
            Effect.flatMap((reply) => Effect.mapError(decodeErased(reply), () => unexpectedReply("erase"))),
            Effect.map(([count, pending]) => ({ erased: count, pending }))
          )
  }
}
