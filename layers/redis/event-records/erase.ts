import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { EventRecords, StoredRecord, Collection } from "../../../src/inbound/event-log/event-admin.ts"
import type { Calls } from "../event-log/calls.ts"
import { unexpectedReply } from "../failure.ts"
import { asTexts } from "../scripting/reply.ts"
import {
  eraseEventsScript,
  eraseItemsScript,
  eraseRepliesScript,
  readItemRecordsScript,
  readStreamRecordsScript
} from "./scripts/erase.ts"

const decodeErased = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Finite, Schema.Finite]))

const readers = {
  log: { script: readStreamRecordsScript, name: "log" },
  delivered: { script: readStreamRecordsScript, name: "delivered" },
  replies: { script: readStreamRecordsScript, name: "replies" },
  dead: { script: readItemRecordsScript, name: "dead:items" },
  quarantine: { script: readItemRecordsScript, name: "quarantine:items" }
} as const

/** Returns the record of an item. The first line of a dead letter is the store's own. */
const recordOf = (shelf: Collection, text: string) => (shelf === "dead" ? text.slice(text.indexOf("\n") + 1) : text)

/** Reads, page by page, the records that may hold a person's data, and erases them. */
export const eventEraseMethods = ({ run }: Calls): Pick<EventRecords["Service"], "stored" | "erase"> => {
  const erased = (shelf: Collection, partition: number, places: ReadonlyArray<string>) => {
    switch (shelf) {
      case "log":
      case "delivered": {
        const names = ["lease", shelf, "todo:runtime", "todo:ledger", "late", "refusals", "counters"] as const
        return run(eraseEventsScript, partition, names, places)
      }
      case "replies":
        return run(eraseRepliesScript, partition, ["lease", "replies"], places)
      case "dead":
        return run(eraseItemsScript, partition, ["dead", "dead:items", "counters"], ["", ...places])
      case "quarantine":
        return run(
          eraseItemsScript,
          partition,
          ["quarantine", "quarantine:items", "counters"],
          ["quarantineBytes", ...places]
        )
    }
  }

  return {
    stored: Effect.fnUntraced(function* (partition: number, shelf: Collection, limit: number, after = "") {
      const { script, name } = readers[shelf]
      const reply = yield* run(script, partition, [name], [after, limit])
      const [next = "", ...texts] = yield* asTexts(script.name)(reply)
      const entries: Array<StoredRecord> = []
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
