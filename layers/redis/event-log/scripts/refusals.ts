import { readTime, requireEpoch, requireStamp, wholeNumbers } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"
import { letGoLua } from "./acknowledge.ts"
import { placesLua } from "../todo-entry.ts"

/**
 * Begins every script of an owner and finds the entry. Returns `absent` when the consumer is done with the event;
 * otherwise `place` is the entry in its todo.
 *
 * KEYS: stamp, lease, then the todo of the consumer.
 * ARGV: deployment, epoch, position.
 *
 * All these scripts drain, so they are `allow-oom` (G6).
 */
export const ownerOf = `#!lua flags=allow-oom
${requireStamp}${requireEpoch}${placesLua}
local place = redis.call('ZRANGE', KEYS[3], ARGV[3], ARGV[3], 'BYSCORE', 'LIMIT', 0, 1)[1]
if not place then return 'absent' end
`

/**
 * Stores how often the runtime has refused an event.
 *
 * KEYS: stamp, lease, todo:runtime, refusals.
 * ARGV: deployment, epoch, position, count.
 * Answer: the refusals so far, `stale` or `absent`.
 */
export const refuseScript = defineScript(
  "refuse",
  `${ownerOf}
local count = math.max(tonumber(redis.call('HGET', KEYS[4], place) or 0), tonumber(ARGV[4]))
write('HSET', KEYS[4], place, count)
return count
`
)

/**
 * Moves an event to the dead letters.
 *
 * KEYS: stamp, lease, todo:runtime, log, dead, its items, counters, refusals, todo:ledger, late.
 * ARGV: deployment, epoch, position, reason.
 * Answer: a `Write`.
 *
 * The dead letter holds the whole record, so that it may outlive the entry of the log: a line of place, refusals and
 * reason, then the record. Its id is the id of the event, with the number of the replay when there is one.
 */
export const deadLetterScript = defineScript(
  "dead-letter",
  `${ownerOf}${readTime}${wholeNumbers}${letGoLua}
local id = idOf(place)
local entry = redis.call('XRANGE', KEYS[4], id, id)[1]
local fields = entry and entry[2] or {'k', 'gone.' .. id, 'r', ''}
local replay = replayOf(place)
local letter = fields[2] .. (replay and '.r' .. replay or '')
local refusals = redis.call('HGET', KEYS[8], place) or '0'
write('HSET', KEYS[6], letter, place .. ' ' .. refusals .. ' ' .. ARGV[4] .. '\\n' .. fields[4])
write('ZADD', KEYS[5], whole(now), letter)
write('ZREM', KEYS[3], place)
write('HDEL', KEYS[8], place)
local swept, deadLettered = unpack(redis.call('HMGET', KEYS[7], 'swept', 'deadLettered'))
write('HSET', KEYS[7], 'deadLettered', whole((deadLettered or 0) + 1))
letGo(id, ARGV[3], KEYS[9], KEYS[10], swept)
return 'written'
`
)
