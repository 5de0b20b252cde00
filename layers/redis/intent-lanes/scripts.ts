import { readTime, requireEpoch, requireStamp, wholeNumbers } from "../scripting/lua.ts"
import { defineScript } from "../scripting/script.ts"

/**
 * Appends intents to their lanes.
 *
 * KEYS: stamp, lanes by due time, counters, the lane of each entry.
 * ARGV: deployment, then lane and intent id in turn.
 * Answer: the number of entries.
 *
 * The entry is written before its lane becomes due (G5). Its turn is above every other one in its lane, even when the
 * counters were lost.
 */
export const enqueueScript = defineScript(
  "enqueue intents",
  `#!lua flags=allow-oom
${requireStamp}${readTime}${wholeNumbers}
local turn, seen = tonumber(redis.call('HGET', KEYS[3], 'turn') or 0), {}
local lanes = { 'ZADD', KEYS[2], 'NX' }
for i = 4, #KEYS do
  local lane, intent = ARGV[2 * i - 6], ARGV[2 * i - 5]
  if not seen[intent] and not redis.call('ZSCORE', KEYS[i], intent) then
    local last = redis.call('ZRANGE', KEYS[i], -1, -1, 'WITHSCORES')[2]
    turn = math.max(turn, tonumber(last or 0)) + 1
    write('ZADD', KEYS[i], whole(turn), intent)
  end
  seen[intent] = true
  lanes[#lanes + 1], lanes[#lanes + 2] = whole(now), lane
end
write('HSET', KEYS[3], 'turn', whole(turn))
add(lanes)
return #KEYS - 3
`
)

/**
 * Lists the lanes that are due.
 *
 * KEYS: stamp, lanes by due time.
 * ARGV: deployment, limit.
 * Answer: lanes, longest due first.
 */
export const dueScript = defineScript(
  "due lanes",
  `#!lua flags=no-writes
${requireStamp}${readTime}
return redis.call('ZRANGE', KEYS[2], '-inf', string.format('%.0f', now), 'BYSCORE', 'LIMIT', 0, ARGV[2])
`
)

/**
 * Removes a finished intent from its lane, and reads the next one.
 *
 * KEYS: stamp, lease, lanes by due time, lane.
 * ARGV: deployment, epoch, lane, id of the finished intent or an empty text.
 * Answer: the id of the first intent, an empty text when there is none, or `stale`.
 */
export const advanceScript = defineScript(
  "advance lane",
  `#!lua flags=allow-oom
${requireStamp}${requireEpoch}
local first, second = unpack(redis.call('ZRANGE', KEYS[4], 0, 1))
if ARGV[4] ~= '' then
  write('ZREM', KEYS[4], ARGV[4])
  if first == ARGV[4] then first = second end
end
if not first then write('ZREM', KEYS[3], ARGV[3]) end
return first or ''
`
)

/**
 * Postpones a lane.
 *
 * KEYS: stamp, lease, lanes by due time.
 * ARGV: deployment, epoch, lane, milliseconds.
 * Answer: `written` or `stale`.
 */
export const postponeScript = defineScript(
  "postpone lane",
  `#!lua flags=allow-oom
${requireStamp}${requireEpoch}${readTime}
write('ZADD', KEYS[3], 'XX', string.format('%.0f', now + ARGV[4]), ARGV[3])
return 'written'
`
)

/**
 * Counts the lanes that hold intents.
 *
 * KEYS: stamp, lanes by due time.
 * ARGV: deployment.
 * Answer: the number of lanes.
 */
export const openScript = defineScript(
  "open lanes",
  `#!lua flags=no-writes
${requireStamp}
return redis.call('ZCARD', KEYS[2])
`
)
