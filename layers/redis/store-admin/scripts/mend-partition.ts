import { readTime, requireStampOf } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"

/** Positions that are skipped after a partition was damaged: more than it can have lost. */
const gap = 1_000_000

/**
 * Ends what the watch found wrong with a partition, when an operator fences the store.
 *
 * KEYS: stamp, epoch, counters, log, todo:runtime, todo:ledger.
 * ARGV: deployment.
 * Answer: 0 when a key is of another type, otherwise 1.
 *
 * The epoch is then above every remembered one, the number of writes that began something is above every acknowledged
 * one, and the counters are above every position that may have been used (G47). The rest of an unfinished write that
 * cannot be performed is dropped. A key of another type is left as it is, so its check goes on failing.
 */
export const mendPartitionScript = defineScript(
  "mend partition",
  `#!lua flags=allow-oom
${requireStampOf("KEYS[1]", "give")}${readTime}
local kept = redis.call('HMGET', KEYS[2], 'epoch', 'seen', 'position')
local epoch = math.max(tonumber(kept[1] or 0), tonumber(kept[2] or 0)) + 1
local position = redis.pcall('HGET', KEYS[3], 'position')
local log = redis.pcall('TYPE', KEYS[4]).ok
write('HSET', KEYS[2], 'epoch', string.format('%.0f', epoch), 'seen', '0', 'next', '0', 'histories', '')
local begun = redis.call('HGET', KEYS[1], 'begun')
write('HSET', KEYS[1], 'begun', string.format('%.0f', math.max(now, tonumber(begun or 0) + 1)))
if type(position) == 'table' or (log ~= 'none' and log ~= 'stream') then return 0 end
position = tonumber(position or 0)
local top = tonumber(kept[3] or 0)
for key = 5, 6 do
  local last = redis.pcall('ZRANGE', KEYS[key], '+inf', '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, 1, 'WITHSCORES')
  top = math.max(top, not last.err and tonumber(last[2] or 0) or 0)
end
if position < top or (position == 0 and log == 'stream') then
  position = top + ${gap}
  write('HSET', KEYS[3], 'position', string.format('%.0f', position))
end
write('HSET', KEYS[2], 'position', string.format('%.0f', position))
if position > 0 and log == 'none' then
  write('XADD', KEYS[4], '0-1', 'k', '', 'r', '')
  write('XDEL', KEYS[4], '0-1')
end
return 1
`
)
