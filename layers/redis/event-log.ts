import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { InfraError } from "../../src/domain/failure.ts"
import {
  type Consumer,
  type Counts,
  EventLog,
  type Ownership,
  type PendingEntry,
  type Write
} from "../../src/inbound/event-log.ts"
import { retention, type Retention } from "../../src/inbound/retention.ts"
import { Deployment } from "../../src/partition/deployment.ts"
import { RedisStore, type Reply, type Script } from "./client.ts"
import { acknowledge } from "./event-log/acknowledge.ts"
import { admission } from "./event-log/admission.ts"
import { counted, counts, ping } from "./event-log/counts.ts"
import { deadLetter } from "./event-log/dead-letter.ts"
import { pending } from "./event-log/pending.ts"
import { refuse } from "./event-log/refuse.ts"
import { unexpectedReply } from "./failure.ts"
import { type Kept, keysOf } from "./keys.ts"
import { asTexts } from "./reply.ts"

const isWrite = (reply: Reply): reply is Write => reply === "written" || reply === "stale" || reply === "absent"
const isNumbers = (reply: Reply): reply is ReadonlyArray<number> =>
  Array.isArray(reply) && reply.every(Number.isInteger)

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

const sum = (partitions: ReadonlyArray<ReadonlyArray<number>>): Counts => {
  const total = (name: (typeof counted)[number]) =>
    partitions.reduce((all, one) => all + (one[counted.indexOf(name)] ?? 0), 0)
  const admitted = total("admitted")
  const delivered = total("delivered")
  const deadLettered = total("deadLettered")
  return {
    received: total("received"),
    admitted,
    deduped: total("deduped"),
    quarantined: total("quarantined"),
    delivered,
    deadLettered,
    pending: admitted - delivered - deadLettered
  }
}

const todoOf = (consumer: Consumer): Kept => `todo:${consumer}`
const otherOf = (consumer: Consumer): Consumer => (consumer === "runtime" ? "ledger" : "runtime")

const make = (options: Partial<Retention>) =>
  Effect.gen(function* () {
    const store = yield* RedisStore
    const deployment = yield* Deployment
    const kept: Retention = { ...retention, ...options }

    const run = (
      script: Script,
      partition: number,
      names: ReadonlyArray<Kept>,
      args: ReadonlyArray<string | number>
    ) => {
      const keys = keysOf(store.prefix, partition)
      return store.run(script, [keys.of("stamp"), ...names.map(keys.of)], [deployment.id, ...args])
    }
    const own =
      (script: Script, { partition, epoch }: Ownership, names: ReadonlyArray<Kept>) =>
      (...args: ReadonlyArray<string | number>) =>
        run(script, partition, ["lease", ...names], [epoch, ...args])
    const partitions = Array.from({ length: deployment.partitions }, (_, partition) => partition)

    return EventLog.of({
      admit: admission(store, deployment, kept),
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
        ),
      counts: Effect.forEach(
        partitions,
        (partition) =>
          Effect.filterOrFail(run(counts, partition, ["counters"], []), isNumbers, () => unexpectedReply(counts.name)),
        { concurrency: "unbounded" }
      ).pipe(Effect.map(sum)),
      ping: Effect.asVoid(run(ping, 0, [], []))
    })
  })

/** The numbers of {@link retention} unless given. */
export const layer = (options: Partial<Retention> = {}): Layer.Layer<EventLog, never, RedisStore | Deployment> =>
  Layer.effect(EventLog, make(options))
