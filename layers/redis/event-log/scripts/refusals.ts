import { readTime, requireEpoch, requireStamp, wholeNumbers } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"
import { lettingGo } from "./acknowledge.ts"
import { placesLua } from "../places.ts"

/**
 * Begins every script of an owner, and finds the entry: `place` is that in the consumer's todo, nil where the consumer is
 * done with it. KEYS: stamp, lease, then the consumer's todo. ARGV: deployment, epoch, position. All of them drain:
 * `allow-oom` (G6).
 */
export const ownerOf = `#!lua flags=allow-oom
${requireStamp}${requireEpoch}${placesLua}
local place = redis.call('ZRANGE', KEYS[3], ARGV[3], ARGV[3], 'BYSCORE', 'LIMIT', 0, 1)[1]
if not place then return 'absent' end
`

/** KEYS: stamp, lease, todo:runtime, refusals. ARGV: deployment, epoch, position, count. Answers the refusals so far, or a word. */
export const refuseScript = defineScript(
  "refuse",
  `${ownerOf}
local count = math.max(tonumber(redis.call('HGET', KEYS[4], place) or 0), tonumber(ARGV[4]))
write('HSET', KEYS[4], place, count)
return count
`
)

/**
 * KEYS: stamp, lease, todo:runtime, log, dead, its items, counters, refusals, todo:ledger, late. ARGV: deployment, epoch,
 * position, reason. Answers a Write. It holds the whole record,
 * so that it may outlive the log's: a line of place, refusals and reason, then the record. Its id is the event's, and says
 * which replay it was.
 */
export const deadLetterScript = defineScript(
  "dead-letter",
  `${ownerOf}${readTime}${wholeNumbers}${lettingGo}
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
