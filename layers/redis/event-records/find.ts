import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { EventRecords } from "../../../src/inbound/event-log/event-admin.ts"
import type { EventRetention } from "../../../src/inbound/event-log/retention.ts"
import type { Deployment } from "../../../src/deployment/deployment.ts"
import type { RedisStore } from "../client.ts"
import type { Calls } from "../event-log/calls.ts"
import { bucketsOf, markAddress, markOf, type MarkTables } from "../marks/mark-table.ts"
import { unexpectedReply } from "../failure.ts"
import { keysOf } from "../keys.ts"
import { asTexts } from "../scripting/reply.ts"
import { findEventScript } from "./scripts/read-events.ts"
import { isDeliveryState } from "./read.ts"

type Found = Effect.Success<ReturnType<EventRecords["Service"]["event"]>> | "remembered"

/**
 * Number of attempts to find an event. The table of marks may have grown since it was last read, and may grow during
 * the search.
 */
const tries = 8

/** Finds one event by its id, or its mark. The id does not name the partition, so every partition is searched. */
export const eventFindMethods = (
  store: RedisStore["Service"],
  deployment: Deployment["Service"],
  kept: EventRetention,
  { partitions }: Calls,
  tables: MarkTables
): Pick<EventRecords["Service"], "event" | "remembered"> => {
  const findIn = (key: string, partition: number, left: number): Effect.Effect<Found, InfraError> => {
    const keys = keysOf(store.prefix, partition)
    const table = tables.get(partition)
    const { generation, buckets, before } = table
    const mark = markOf(key)
    const names = [
      keys.of("stamp"),
      keys.of("log"),
      keys.of("todo:runtime"),
      keys.of("dead:items"),
      keys.of("again:items"),
      keys.of("counters"),
      ...bucketsOf(keys.marks, table, markAddress(mark)),
      keys.of("delivered")
    ]
    const args = [deployment.id, generation, buckets, before, kept.marks, mark, key]
    return Effect.flatMap(store.run(findEventScript, names, args), (reply) => {
      if (typeof reply === "string") {
        const stands = tables.read([partition], reply)[1]
        return stands && left > 1
          ? findIn(key, partition, left - 1)
          : Effect.fail(unexpectedReply(findEventScript.name))
      }
      return Effect.flatMap(asTexts(findEventScript.name)(reply), (texts): Effect.Effect<Found, InfraError> => {
        const [id = "", state, record = "", replays, at] = texts
        if (texts.length === 0) return Effect.undefined
        if (id === "remembered") return Effect.succeed(id)
        if (!isDeliveryState(state)) return Effect.fail(unexpectedReply(findEventScript.name))
        const place = id === "" ? {} : { place: `${id}-${partition}` }
        return Effect.succeed({
          key,
          at: Number(at),
          state,
          record,
          replays: Number(replays),
          ...place
        })
      })
    })
  }
  const everywhere = (key: string) =>
    Effect.forEach(partitions, (partition) => findIn(key, partition, tries), { concurrency: "unbounded" })
  return {
    event: (key) => Effect.map(everywhere(key), (found) => found.find(isRecord)),
    remembered: (key) => Effect.map(everywhere(key), (found) => found.some((one) => one !== undefined))
  }
}

const isRecord = (found: Found): found is Exclude<Found, "remembered" | undefined> =>
  found !== undefined && found !== "remembered"
