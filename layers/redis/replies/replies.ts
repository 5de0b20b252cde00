import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type PendingReply, Replies } from "../../../src/inbound/replies/replies.ts"
import { retention, type EventRetention } from "../../../src/inbound/event-log/retention.ts"
import { Deployment } from "../../../src/deployment/deployment.ts"
import { RedisStore, type RedisReply } from "../client.ts"
import { callsOf } from "../event-log/calls.ts"
import { countRepliesScript, endReplyScript, pendingRepliesScript, storeReplyScript } from "./scripts.ts"
import { unexpectedReply } from "../failure.ts"
import { asInteger, asTexts } from "../scripting/reply.ts"

const words = ["written", "stale", "absent", "answered"] as const

const asWord =
  <Word extends string>(operation: string, known: ReadonlyArray<Word>) =>
  (reply: RedisReply) => {
    const word = known.find((one) => one === reply)
    return word === undefined ? Effect.fail(unexpectedReply(operation)) : Effect.succeed(word)
  }

const repliesOf = (fields: ReadonlyArray<string>): ReadonlyArray<PendingReply> =>
  fields.flatMap((position, at) => (at % 2 === 0 ? [{ position: Number(position), record: fields[at + 1] ?? "" }] : []))

const make = (options: Partial<EventRetention>) =>
  Effect.gen(function* () {
    const { run, own, partitions } = callsOf(yield* RedisStore, yield* Deployment)
    const kept: EventRetention = { ...retention, ...options }
    const names = ["todo:runtime", "todo:ledger", "late", "counters", "refusals", "replies", "answered"] as const
    return Replies.of({
      acknowledge: (owner, position, { eventId, record }) =>
        own(storeReplyScript, owner, names)(position, eventId.slice("evt_".length), record, kept.marks).pipe(
          Effect.flatMap(asWord(storeReplyScript.name, words))
        ),
      pending: (partition, after, limit) =>
        run(pendingRepliesScript, partition, ["replies"], [after, limit]).pipe(
          Effect.flatMap(asTexts(pendingRepliesScript.name)),
          Effect.map(repliesOf)
        ),
      done: (owner, position) =>
        own(endReplyScript, owner, ["replies"])(position).pipe(
          Effect.flatMap(asWord(endReplyScript.name, ["written", "stale", "absent"]))
        ),
      waiting: Effect.forEach(
        partitions,
        (partition) =>
          Effect.flatMap(run(countRepliesScript, partition, ["replies"], []), asInteger(countRepliesScript.name)),
        { concurrency: "unbounded" }
      ).pipe(Effect.map((counts) => counts.reduce((sum, count) => sum + count, 0)))
    })
  })

/** Provides the replies on Redis. The options default to {@link retention}. */
export const layer = (options: Partial<EventRetention> = {}): Layer.Layer<Replies, never, RedisStore | Deployment> =>
  Layer.effect(Replies, make(options))
