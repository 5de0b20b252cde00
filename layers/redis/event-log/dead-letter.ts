import { readTime } from "../lua.ts"
import { defineScript } from "../script.ts"
import { lettingGo } from "./acknowledge.ts"
import { ownerOf } from "./owner.ts"

/**
 * KEYS: stamp, lease, todo:runtime, log, dead, its items, counters, refusals, todo:ledger, late. ARGV: deployment, epoch,
 * position, reason. Answers a Write. The dead letter is written before the event leaves the runtime's todo (G5). It holds the whole record,
 * so that it may outlive the log's: a line of place, refusals and reason, then the record. Its id is the event's, and says
 * which replay it was.
 */
export const deadLetter = defineScript(
  "dead-letter",
  `${ownerOf}${readTime}${lettingGo}
local id = idOf(place)
local entry = redis.call('XRANGE', KEYS[4], id, id)[1]
local fields = entry and entry[2] or {'k', 'gone.' .. id, 'r', ''}
local replay = replayOf(place)
local letter = fields[2] .. (replay and '.r' .. replay or '')
local refusals = redis.call('HGET', KEYS[8], place) or '0'
redis.call('HSET', KEYS[6], letter, place .. ' ' .. refusals .. ' ' .. ARGV[4] .. '\\n' .. fields[4])
redis.call('ZADD', KEYS[5], now, letter)
redis.call('ZREM', KEYS[3], place)
redis.call('HDEL', KEYS[8], place)
redis.call('HINCRBY', KEYS[7], 'deadLettered', 1)
letGo(id, ARGV[3], KEYS[9], KEYS[10], redis.call('HGET', KEYS[7], 'swept'))
return 'written'
`
)
