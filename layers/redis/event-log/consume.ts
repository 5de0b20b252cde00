import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { Consumer, EventLog, PendingEntry, Write } from "../../../src/inbound/event-log/event-log.ts"
import {
  type Capacity,
  deliveredCap,
  isFilling,
  type EventRetention
} from "../../../src/inbound/event-log/retention.ts"
import type { RedisReply } from "../client.ts"
import { unexpectedReply } from "../failure.ts"
import type { KeyName } from "../keys.ts"
import { asTexts } from "../scripting/reply.ts"
import type { Calls } from "./calls.ts"
import { pendingScript } from "./scripts/read-log.ts"
import { decodeResend } from "./scripts/prelude.ts"
import { deadLetterScript, refuseScript } from "./scripts/acknowledge-refuse.ts"
import { sweepScript } from "./scripts/sweep.ts"

const isWrite = (reply: RedisReply): reply is Write => reply === "written" || reply === "stale" || reply === "absent"

const asWrite = (operation: string) => (reply: RedisReply) =>
  isWrite(reply) ? Effect.succeed(reply) : Effect.fail(unexpectedReply(operation))

const asRefusals = (reply: RedisReply): Effect.Effect<number | "stale" | "absent", InfraError> =>
  typeof reply === "number" || reply === "stale" || reply === "absent"
    ? Effect.succeed(reply)
    : Effect.fail(unexpectedReply(refuseScript.name))

const entriesOf = (fields: ReadonlyArray<string>): ReadonlyArray<PendingEntry> => {
  const entries: Array<PendingEntry> = []
  for (let at = 0; at + 4 < fields.length; at += 5) {
    const [position = "", key = "", record = "", refusals = "", place = ""] = fields.slice(at, at + 5)
    entries.push({ position: Number(position), key, record, refusals: Number(refusals), ...decodeResend(place) })
  }
  return entries
}

const asSwept = (reply: RedisReply): Effect.Effect<"done" | "more" | "stale", InfraError> =>
  reply === "done" || reply === "more" || reply === "stale"
    ? Effect.succeed(reply)
    : Effect.fail(unexpectedReply(sweepScript.name))

/** Names the keys that the sweep reads and writes. */
const swept: ReadonlyArray<KeyName> = [
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
  "again:items",
  "delivered"
]

const todoOf = (consumer: Consumer): KeyName => `todo:${consumer}`

/** Reads and writes a partition on behalf of its owner: pending events, refusals, dead letters and the sweep. */
export const consumeMethods = (
  { partitions, run, own }: Calls,
  kept: EventRetention,
  capacity: () => Capacity
): Pick<EventLog["Service"], "pending" | "refuse" | "deadLetter" | "sweep"> => ({
  pending: (partition, consumer, after, limit) =>
    run(pendingScript, partition, [todoOf(consumer), "log", "refusals"], [after, limit]).pipe(
      Effect.flatMap(asTexts(pendingScript.name)),
      Effect.map(entriesOf)
    ),
  refuse: (owner, position, count) =>
    own(refuseScript, owner, ["todo:runtime", "refusals"])(position, count).pipe(Effect.flatMap(asRefusals)),
  deadLetter: (owner, position, reason) =>
    own(deadLetterScript, owner, [
      "todo:runtime",
      "log",
      "dead",
      "dead:items",
      "counters",
      "refusals",
      "todo:ledger",
      "late"
    ])(position, reason).pipe(Effect.flatMap(asWrite(deadLetterScript.name))),
  sweep: (owner) =>
    Effect.suspend(() => {
      const cap = deliveredCap(kept.deliveredBytes, capacity())
      const filling = isFilling(capacity())
      return own(sweepScript, owner, swept)(
        kept.delivered,
        Math.floor(cap / partitions.length),
        kept.deadLetters,
        2 * kept.marks,
        kept.statuses
      ).pipe(
        Effect.flatMap(asSwept),
        Effect.map((answer) => (answer === "done" && filling ? "filling" : answer))
      )
    })
})
