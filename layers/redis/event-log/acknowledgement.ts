import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { Consumer, Ownership, Write } from "../../../src/inbound/event-log.ts"
import { unexpectedReply } from "../failure.ts"
import type { Kept } from "../keys.ts"
import { together } from "../together.ts"
import { acknowledge } from "./acknowledge.ts"
import type { Calls } from "./calls.ts"

/** What one consumer is done with. */
interface Done {
  readonly owner: Ownership
  readonly consumer: Consumer
  readonly position: number
}

/** Positions that one script acknowledges. */
const limit = 128

const keysOf = (consumer: Consumer): ReadonlyArray<Kept> => {
  const other = consumer === "runtime" ? "ledger" : "runtime"
  return [`todo:${consumer}`, `todo:${other}`, "late", "counters", "refusals"]
}

/** Acknowledges for one owner and consumer together: a busy partition asks its store a few times, not once an event. */
export const acknowledgement = ({ own }: Calls) =>
  together<Done, Write, InfraError>(
    ({ owner: { partition, epoch }, consumer }) => `${partition} ${epoch} ${consumer}`,
    (items) => {
      const [first] = items
      if (first === undefined) return Effect.fail(unexpectedReply(acknowledge.name))
      const { owner, consumer } = first
      const positions = items.map(({ position }) => position)
      return Effect.flatMap(own(acknowledge, owner, keysOf(consumer))(consumer, ...positions), (reply) => {
        if (reply === "stale") return Effect.succeed((): Write => "stale")
        if (typeof reply !== "string" || reply.length !== items.length || !/^[wa]*$/.test(reply)) {
          return Effect.fail(unexpectedReply(acknowledge.name))
        }
        return Effect.succeed((at: number): Write => (reply[at] === "w" ? "written" : "absent"))
      })
    },
    limit
  )
