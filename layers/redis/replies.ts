import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Deployment } from "../../src/deployment/deployment.ts"
import { type EventRetention, retention } from "../../src/inbound/event-log/retention.ts"
import { type PendingReply, Replies } from "../../src/inbound/replies/replies.ts"
import { type RedisReply, RedisStore } from "./client.ts"
import { callsOf } from "./event-log/calls.ts"
import { acknowledgeLua, ownerOf } from "./event-log/scripts/acknowledge-refuse.ts"
import { unexpectedReply } from "./failure.ts"
import { readTime, requireEpoch, requireStamp } from "./scripting/lua.ts"
import { asInteger, asTexts } from "./scripting/reply.ts"
import { defineScript } from "./scripting/script.ts"

/**
 * Acknowledges an event and stores the runtime's reply, before the event is marked as answered (G5).
 *
 * KEYS: those of `acknowledge`, replies, answered.
 * ARGV: deployment, epoch, position, mark of the event, record, milliseconds that the mark stays after the last reply.
 * Answer: a `Write`, or `answered` when a reply had been stored before.
 *
 * When the counters were lost, replies are numbered on from the last one in the stream.
 */
const storeReplyScript = defineScript(
  "store reply",
  `${ownerOf}${readTime}
local known = redis.call('ZSCORE', KEYS[9], ARGV[4])
if not known then
  local position, replies = unpack(redis.call('HMGET', KEYS[6], 'position', 'replies'))
  if not position then return redis.error_reply('DAMAGED the counters of a partition are gone') end
  if not replies and redis.call('EXISTS', KEYS[8]) == 1 then
    local facts = redis.call('XINFO', 'STREAM', KEYS[8])
    for i = 1, #facts, 2 do
      if facts[i] == 'last-generated-id' then replies = string.match(facts[i + 1], '^%d+') end
    end
  end
  local step = string.format('%.0f', (replies or 0) + 1)
  write('HSET', KEYS[6], 'replies', step)
  write('XADD', KEYS[8], step .. '-0', 'r', ARGV[5])
end
-- Before its own mark is written: that may be an old one, which the last answer renews.
local old = redis.call('ZRANGE', KEYS[9], '-inf', now - tonumber(ARGV[6]), 'BYSCORE', 'LIMIT', 0, 10)
if #old > 0 then write('ZREM', KEYS[9], unpack(old)) end
write('ZADD', KEYS[9], string.format('%.0f', now), ARGV[4])
${acknowledgeLua}
write('ZREM', KEYS[3], place)
acknowledge({ place }, { ARGV[3] }, 'runtime', 0)
return known and 'answered' or 'written'
`
)

/**
 * Lists a page of the replies that are not done, oldest first.
 *
 * KEYS: stamp, replies.
 * ARGV: deployment, position after which to list, limit.
 * Answer: two values a reply: position, record.
 */
const pendingRepliesScript = defineScript(
  "pending replies",
  `#!lua flags=no-writes
${requireStamp}
local found = redis.call('XRANGE', KEYS[2], '(' .. ARGV[2] .. '-0', '+', 'COUNT', ARGV[3])
local answer = {}
for i = 1, #found do
  answer[2 * i - 1] = string.match(found[i][1], '^%d+')
  answer[2 * i] = found[i][2][2]
end
return answer
`
)

/**
 * Deletes a reply that is done.
 *
 * KEYS: stamp, lease, replies.
 * ARGV: deployment, epoch, position.
 * Answer: a `Write`.
 */
const endReplyScript = defineScript(
  "end reply",
  `#!lua flags=allow-oom
${requireStamp}${requireEpoch}
local id = ARGV[3] .. '-0'
if not redis.call('XRANGE', KEYS[3], id, id)[1] then return 'absent' end
write('XDEL', KEYS[3], id)
return 'written'
`
)

/**
 * Counts the replies that are not done.
 *
 * KEYS: stamp, replies.
 * ARGV: deployment.
 * Answer: the number of replies.
 */
const countRepliesScript = defineScript(
  "count replies",
  `#!lua flags=no-writes
${requireStamp}
return redis.call('XLEN', KEYS[2])
`
)

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
