import { requireStamp } from "../lua.ts"
import { defineScript } from "../script.ts"
import type { Kept } from "../keys.ts"

/** The keys of a partition that a look reads, in the order of KEYS. */
export const lookedAt = [
  "stamp",
  "epoch",
  "counters",
  "log",
  "todo:runtime",
  "todo:ledger"
] satisfies ReadonlyArray<Kept>

/**
 * Reads `epoch`: the epoch; `seen`: the highest that a process remembered when it found a lower one; `next`: that of the next
 * partition when it was last acknowledged; `position`: of the last event when it was last seen.
 */
const reading = `
local kept = redis.call('HMGET', KEYS[2], 'epoch', 'seen', 'next', 'position')
local epoch, seen, nextEpoch, was = unpack(kept, 1, 4)
epoch, seen, was = tonumber(epoch or 0), tonumber(seen or 0), tonumber(was or 0)
`

/**
 * Defines `broken(was)`: which keys contradict each other, and the position. A log is never deleted by us, not even when it is
 * empty, and no position in a todo is above that of the counters.
 */
const judging = `
local function typed(reply)
  if type(reply) == 'table' and reply.err and not string.find(reply.err, 'WRONGTYPE', 1, true) then error(reply) end
  return reply
end
local function broken(was)
  local position = typed(redis.pcall('HGET', KEYS[3], 'position'))
  local log = redis.call('TYPE', KEYS[4])
  local tops = { typed(redis.pcall('ZRANGE', KEYS[5], '+inf', '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, 1, 'WITHSCORES')),
    typed(redis.pcall('ZRANGE', KEYS[6], '+inf', '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, 1, 'WITHSCORES')) }
  if type(position) == 'table' and position.err then return 'its counters are of another type', 0 end
  if log.ok ~= 'none' and log.ok ~= 'stream' then return 'its log is of another type', 0 end
  position = tonumber(position or 0)
  for _, top in ipairs(tops) do
    if top.err then return 'its todo is of another type', position end
    was = math.max(was, tonumber(top[2] or 0))
  end
  if position < was then return 'its counters are behind its events', position end
  if position > 0 and log.ok == 'none' then return 'its log is gone', position end
  if position == 0 and log.ok == 'stream' then return 'its counters are gone', position end
  return '', position
end
`

/** KEYS: {@link lookedAt}. Answers epoch, seen, next and what is broken; writes nothing. */
export const inspectPartition = defineScript(
  "inspect partition",
  `#!lua flags=no-writes
${reading}${judging}
local trouble = broken(was)
return { epoch, seen, tonumber(nextEpoch or 0), trouble }
`
)

/**
 * KEYS: {@link lookedAt}. ARGV: deployment, the highest epoch that this process has seen acknowledged, that of the next
 * partition. Raises the epoch by one, unless it is below one that was seen: then it leaves word of that for every other
 * process (G47). Answers as {@link inspectPartition}.
 */
export const watchPartition = defineScript(
  "watch partition",
  `#!lua flags=allow-oom
${requireStamp}${reading}${judging}
local mine = tonumber(ARGV[2])
if mine > seen and mine > epoch then
  seen = mine
  write('HSET', KEYS[2], 'seen', string.format('%.0f', seen))
end
local trouble, position = broken(was)
if epoch >= seen then
  epoch = epoch + 1
  write('HSET', KEYS[2], 'epoch', string.format('%.0f', epoch))
end
if ARGV[3] ~= '0' and ARGV[3] ~= nextEpoch then write('HSET', KEYS[2], 'next', ARGV[3]) end
if trouble == '' and position > was then write('HSET', KEYS[2], 'position', string.format('%.0f', position)) end
return { epoch, seen, tonumber(nextEpoch or 0), trouble }
`
)
