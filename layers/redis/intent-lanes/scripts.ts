import { readTime, requireEpoch, requireStamp, wholeNumbers } from "../scripting/lua.ts"
import { defineScript } from "../scripting/script.ts"

/**
 * KEYS: stamp, lanes by due time, counters, lane of each entry. ARGV: deployment, then lane and intent id by turns. The
 * entry is written before its lane is (G5). Its turn is above every other in its lane, also where the counters were lost.
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

/** KEYS: stamp, lanes by due time. ARGV: deployment, how many. */
export const dueScript = defineScript(
  "due lanes",
  `#!lua flags=no-writes
${requireStamp}${readTime}
return redis.call('ZRANGE', KEYS[2], '-inf', string.format('%.0f', now), 'BYSCORE', 'LIMIT', 0, ARGV[2])
`
)

/** KEYS: stamp, lease, lanes by due time, lane. ARGV: deployment, epoch, lane, intent id or nothing. Answers who is first. */
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

/** KEYS: stamp, lease, lanes by due time. ARGV: deployment, epoch, lane, milliseconds. */
export const postponeScript = defineScript(
  "postpone lane",
  `#!lua flags=allow-oom
${requireStamp}${requireEpoch}${readTime}
write('ZADD', KEYS[3], 'XX', string.format('%.0f', now + ARGV[4]), ARGV[3])
return 'written'
`
)

/** KEYS: stamp, lanes by due time. ARGV: deployment. */
export const openScript = defineScript(
  "open lanes",
  `#!lua flags=no-writes
${requireStamp}
return redis.call('ZCARD', KEYS[2])
`
)
