import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { Consumer, EventLog, PendingEntry, Write } from "../../../src/inbound/event-log/event-log.ts"
import { type Capacity, deliveredCap, isFilling, type Retention } from "../../../src/inbound/event-log/retention.ts"
import type { Reply } from "../client.ts"
import { unexpectedReply } from "../failure.ts"
import type { Kept } from "../keys.ts"
import { asTexts } from "../scripting/reply.ts"
import type { Calls } from "./calls.ts"
import { pending } from "./scripts/read-pending.ts"
import { askedOf } from "./places.ts"
import { refuse, deadLetter } from "./scripts/refusals.ts"
import { sweep } from "./scripts/sweep.ts"

const isWrite = (reply: Reply): reply is Write => reply === "written" || reply === "stale" || reply === "absent"

const asWrite = (operation: string) => (reply: Reply) =>
  isWrite(reply) ? Effect.succeed(reply) : Effect.fail(unexpectedReply(operation))

const asRefusals = (reply: Reply): Effect.Effect<number | "stale" | "absent", InfraError> =>
  typeof reply === "number" || reply === "stale" || reply === "absent"
    ? Effect.succeed(reply)
    : Effect.fail(unexpectedReply(refuse.name))

const entriesOf = (fields: ReadonlyArray<string>): ReadonlyArray<PendingEntry> => {
  const entries: Array<PendingEntry> = []
  for (let at = 0; at + 4 < fields.length; at += 5) {
    const [position = "", key = "", record = "", refusals = "", place = ""] = fields.slice(at, at + 5)
    entries.push({ position: Number(position), key, record, refusals: Number(refusals), ...askedOf(place) })
  }
  return entries
}

const asSwept = (reply: Reply): Effect.Effect<"done" | "more" | "stale", InfraError> =>
  reply === "done" || reply === "more" || reply === "stale"
    ? Effect.succeed(reply)
    : Effect.fail(unexpectedReply(sweep.name))

/** All that the sweep looks over. */
const swept: ReadonlyArray<Kept> = [
  "todo:runtime",
  "todo:ledger",
  "log",
  "late",
  "counters",
  "dead",
  "dead:items",
  "quarantine",
  "quarantine:items",
  "again",
  "again:items"
]

const todoOf = (consumer: Consumer): Kept => `todo:${consumer}`

/** What the owner of a partition reads of it and writes to it. */
export const consuming = (
  { partitions, run, own }: Calls,
  kept: Retention,
  capacity: () => Capacity
): Pick<EventLog["Service"], "pending" | "refuse" | "deadLetter" | "sweep"> => ({
  pending: (partition, consumer, after, limit) =>
    run(pending, partition, [todoOf(consumer), "log", "refusals"], [after, limit]).pipe(
      Effect.flatMap(asTexts(pending.name)),
      Effect.map(entriesOf)
    ),
  refuse: (owner, position, count) =>
    own(refuse, owner, ["todo:runtime", "refusals"])(position, count).pipe(Effect.flatMap(asRefusals)),
  deadLetter: (owner, position, reason) =>
    own(deadLetter, owner, [
      "todo:runtime",
      "log",
      "dead",
      "dead:items",
      "counters",
      "refusals",
      "todo:ledger",
      "late"
    ])(position, reason).pipe(Effect.flatMap(asWrite(deadLetter.name))),
  sweep: (owner) =>
    Effect.suspend(() => {
      const cap = deliveredCap(kept.deliveredBytes, capacity())
      const filling = isFilling(capacity())
      return own(sweep, owner, swept)(
        kept.delivered,
        Math.floor(cap / partitions.length),
        kept.deadLetters,
        2 * kept.marks
      ).pipe(
        Effect.flatMap(asSwept),
        Effect.map((answer) => (answer === "done" && filling ? "filling" : answer))
      )
    })
})
