import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { Consumer, EventLog, PendingEntry, Write } from "../../../src/inbound/event-log.ts"
import type { Retention } from "../../../src/inbound/retention.ts"
import type { Reply } from "../client.ts"
import { unexpectedReply } from "../failure.ts"
import type { Kept } from "../keys.ts"
import { asTexts } from "../reply.ts"
import { acknowledge } from "./acknowledge.ts"
import type { Calls } from "./calls.ts"
import { deadLetter } from "./dead-letter.ts"
import { pending } from "./pending.ts"
import { refuse } from "./refuse.ts"

const isWrite = (reply: Reply): reply is Write => reply === "written" || reply === "stale" || reply === "absent"

const asWrite = (operation: string) => (reply: Reply) =>
  isWrite(reply) ? Effect.succeed(reply) : Effect.fail(unexpectedReply(operation))

const asRefusals = (reply: Reply): Effect.Effect<number | "stale" | "absent", InfraError> =>
  typeof reply === "number" || reply === "stale" || reply === "absent"
    ? Effect.succeed(reply)
    : Effect.fail(unexpectedReply(refuse.name))

const entriesOf = (fields: ReadonlyArray<string>): ReadonlyArray<PendingEntry> => {
  const entries: Array<PendingEntry> = []
  for (let at = 0; at + 3 < fields.length; at += 4) {
    const [position = "", key = "", record = "", refusals = ""] = fields.slice(at, at + 4)
    entries.push({ position: Number(position), key, record, refusals: Number(refusals) })
  }
  return entries
}

const todoOf = (consumer: Consumer): Kept => `todo:${consumer}`
const otherOf = (consumer: Consumer): Consumer => (consumer === "runtime" ? "ledger" : "runtime")

/** What the owner of a partition reads of it and writes to it. */
export const consuming = (
  { run, own }: Calls,
  kept: Retention
): Pick<EventLog["Service"], "pending" | "acknowledge" | "refuse" | "deadLetter"> => ({
  pending: (partition, consumer, after, limit) =>
    run(pending, partition, [todoOf(consumer), "log", "refusals"], [after, limit]).pipe(
      Effect.flatMap(asTexts(pending.name)),
      Effect.map(entriesOf)
    ),
  acknowledge: (owner, consumer, position) =>
    own(acknowledge, owner, [todoOf(consumer), todoOf(otherOf(consumer)), "log", "counters", "refusals"])(
      position,
      consumer,
      kept.delivered
    ).pipe(Effect.flatMap(asWrite(acknowledge.name))),
  refuse: (owner, position, count) =>
    own(refuse, owner, ["todo:runtime", "refusals"])(position, count).pipe(Effect.flatMap(asRefusals)),
  deadLetter: (owner, position, reason) =>
    own(deadLetter, owner, ["todo:runtime", "log", "dead", "counters", "refusals"])(position, reason).pipe(
      Effect.flatMap(asWrite(deadLetter.name))
    )
})
