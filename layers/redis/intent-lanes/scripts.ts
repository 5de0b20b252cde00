import { readTime, requireEpoch, requireStamp } from "../lua.ts"
import { defineScript } from "../script.ts"

/**
 * KEYS: stamp, lanes by due time, counters, lane of each entry. ARGV: deployment, then lane and intent id by turns. The
 * entry is written before its lane is (G5).
 */
export const enqueue = defineScript(
  "enqueue intents",
  `#!lua flags=allow-oom
${requireStamp}${readTime}
for i = 4, #KEYS do
  local lane, intent = ARGV[2 * i - 6], ARGV[2 * i - 5]
  if not redis.call('ZSCORE', KEYS[i], intent) then
    redis.call('ZADD', KEYS[i], redis.call('HINCRBY', KEYS[3], 'turn', 1), intent)
  end
  redis.call('ZADD', KEYS[2], 'NX', now, lane)
end
return #KEYS - 3
`
)

/** KEYS: stamp, lanes by due time. ARGV: deployment, how many. */
export const due = defineScript(
  "due lanes",
  `#!lua flags=no-writes
${requireStamp}${readTime}
return redis.call('ZRANGE', KEYS[2], '-inf', string.format('%.0f', now), 'BYSCORE', 'LIMIT', 0, ARGV[2])
`
)

/** KEYS: stamp, lease, lanes by due time, lane. ARGV: deployment, epoch, lane, intent id or nothing. Answers who is first. */
export const advance = defineScript(
  "advance lane",
  `#!lua flags=allow-oom
${requireStamp}${requireEpoch}
if ARGV[4] ~= '' then redis.call('ZREM', KEYS[4], ARGV[4]) end
local first = redis.call('ZRANGE', KEYS[4], 0, 0)[1]
if not first then redis.call('ZREM', KEYS[3], ARGV[3]) end
return first or ''
`
)

/** KEYS: stamp, lease, lanes by due time. ARGV: deployment, epoch, lane, milliseconds. */
export const postpone = defineScript(
  "postpone lane",
  `#!lua flags=allow-oom
${requireStamp}${requireEpoch}${readTime}
redis.call('ZADD', KEYS[3], 'XX', now + tonumber(ARGV[4]), ARGV[3])
return 'written'
`
)

/** KEYS: stamp, lanes by due time. ARGV: deployment. */
export const open = defineScript(
  "open lanes",
  `#!lua flags=no-writes
${requireStamp}
return redis.call('ZCARD', KEYS[2])
`
)
