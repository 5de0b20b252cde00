import { requireStamp, wholeNumbers } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"
import { headOfLua } from "./read-events.ts"

/**
 * Lists a page of a collection, which keeps items by their ids: a sorted set of times and a hash of items.
 *
 * KEYS: stamp, order, items.
 * ARGV: deployment, `newest` or `oldest`, lowest and highest time, time and id after which to list, limit.
 * Answer: three values an item: id, time, item without its last line.
 */
export const listShelfScript = defineScript(
  "list shelf",
  `#!lua flags=no-writes
${requireStamp}${headOfLua}
local newest, low, high, lastAt, lastId, limit = ARGV[2] == 'newest', ARGV[3], ARGV[4], ARGV[5], ARGV[6], tonumber(ARGV[7])
if lastAt ~= '' then
  if newest then high = lastAt else low = lastAt end
end
local answer, skip, some = {}, 0, nil
repeat
  if newest then
    some = redis.call('ZRANGE', KEYS[2], high, low, 'BYSCORE', 'REV', 'LIMIT', skip, 100, 'WITHSCORES')
  else
    some = redis.call('ZRANGE', KEYS[2], low, high, 'BYSCORE', 'LIMIT', skip, 100, 'WITHSCORES')
  end
  for i = 1, #some, 2 do
    local id, at = some[i], some[i + 1]
    local behind = at ~= lastAt or (newest and id < lastId) or (not newest and id > lastId)
    if behind and #answer < 3 * limit then
      local item = redis.call('HGET', KEYS[3], id) or ''
      local n = #answer
      answer[n + 1], answer[n + 2], answer[n + 3] = id, at, string.find(item, '\\n') and headOf(item) or item
    end
  end
  skip = skip + 100
until #answer >= 3 * limit or #some < 200
return answer
`
)

/**
 * Reads one item of a collection.
 *
 * KEYS: stamp, order, items.
 * ARGV: deployment, id.
 * Answer: the time and the item, or an empty list.
 */
export const readShelfScript = defineScript(
  "read shelf",
  `#!lua flags=no-writes
${requireStamp}
local at = redis.call('ZSCORE', KEYS[2], ARGV[2])
return at and { at, redis.call('HGET', KEYS[3], ARGV[2]) or '' } or {}
`
)

/**
 * Takes a released item out of the quarantine.
 *
 * KEYS: stamp, quarantine, its items, counters.
 * ARGV: deployment, id, number of events that were admitted from the item.
 * Answer: 1 when the item was there, otherwise 0.
 *
 * The script runs in a full store too (G6).
 */
export const removeQuarantinedScript = defineScript(
  "release",
  `#!lua flags=allow-oom
${requireStamp}${wholeNumbers}
if not redis.call('ZSCORE', KEYS[2], ARGV[2]) then return 0 end
local item = redis.call('HGET', KEYS[3], ARGV[2]) or ''
local bytes, again = unpack(redis.call('HMGET', KEYS[4], 'quarantineBytes', 'again'))
write('HSET', KEYS[4], 'quarantineBytes', whole((bytes or 0) - #item), 'again', whole((again or 0) + ARGV[3]))
write('ZREM', KEYS[2], ARGV[2])
write('HDEL', KEYS[3], ARGV[2])
return 1
`
)
