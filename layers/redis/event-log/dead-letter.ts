import { readTime, wholeNumbers } from "../lua.ts"
import { defineScript } from "../script.ts"
import { lettingGo } from "./acknowledge.ts"
import { ownerOf } from "./owner.ts"

/**
 * KEYS: stamp, lease, todo:runtime, log, dead, its items, counters, refusals, todo:ledger, late. ARGV: deployment, epoch,
 * position, reason. Answers a Write. It holds the whole record,
 * so that it may outlive the log's: a line of place, refusals and reason, then the record. Its id is the event's, and says
 * which replay it was.
 */
export const deadLetter = defineScript(
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
