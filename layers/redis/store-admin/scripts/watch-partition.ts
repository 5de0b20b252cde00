import { requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"
import type { KeyName } from "../../keys.ts"

/** Lists the keys of a partition that the watch reads, in the order of KEYS. */
export const watchedKeys = [
  "stamp",
  "epoch",
  "counters",
  "log",
  "todo:runtime",
  "todo:ledger"
] satisfies ReadonlyArray<KeyName>

/**
 * Reads `epoch`; `seen`, the highest epoch that a process remembered when it found a lower one; `next`, the epoch of
 * the next partition as acknowledged last; and `position`, the position of the last event as seen last.
 */
const readEpochLua = `
local kept = redis.call('HMGET', KEYS[2], 'epoch', 'seen', 'next', 'position')
local epoch, seen, nextEpoch, was = unpack(kept, 1, 4)
epoch, seen, was = tonumber(epoch or 0), tonumber(seen or 0), tonumber(was or 0)
`

/**
 * Defines `broken(was)`, which returns which keys contradict each other, and the position. The gateway never deletes a
 * log, not even an empty one, and no position in a todo is above the one of the counters.
 */
const brokenLua = `
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

/**
 * Reads the state of a partition and writes nothing.
 *
 * KEYS: {@link watchedKeys}.
 * Answer: epoch, seen, next, and a text that says what is broken.
 */
export const inspectPartitionScript = defineScript(
  "inspect partition",
  `#!lua flags=no-writes
${readEpochLua}${brokenLua}
local trouble = broken(was)
return { epoch, seen, tonumber(nextEpoch or 0), trouble }
`
)

/**
 * Number of histories of the data set that a partition remembers. A process that was away for more of them is compared
 * with all.
 */
const histories = 8

/**
 * Defines `lost()`, which returns true when the last write that this process has begun, number ARGV[4] in the history
 * ARGV[5], is not in the store.
 *
 * A server gives its data set a new history whenever it starts or becomes primary. The partition stores the number of
 * such writes at which each history began. A process that knows a higher number of an earlier history has lost the
 * writes above, however many came since.
 */
const lostLua = `
local function lost()
  local begun = tonumber(redis.call('HGET', KEYS[1], 'begun') or 0)
  local kept = redis.call('HGET', KEYS[2], 'histories') or ''
  local history = string.sub(string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)') or '', 1, 16)
  if history ~= '' and history ~= string.match(kept, '(%x+) %d+;$') then
    kept = kept .. history .. ' ' .. string.format('%.0f', begun) .. ';'
    local _, length = string.gsub(kept, ';', '')
    if length > ${histories} then kept = string.gsub(kept, '^[^;]*;', '', 1) end
    write('HSET', KEYS[2], 'histories', kept)
    write('HSET', KEYS[1], 'history', history)
  end
  local told = tonumber(ARGV[4])
  if begun < told then return true end
  local _, known = string.find(kept, ARGV[5] .. ' %d+;')
  for began in string.gmatch(string.sub(kept, ARGV[5] ~= '' and known and known + 1 or 1), '%x+ (%d+);') do
    if tonumber(began) < told then return true end
  end
  return false
end
`

/**
 * Raises the epoch of a partition by one. If it is below an epoch that was seen, the script does not raise it and
 * records that for every other process (G47).
 *
 * KEYS: {@link watchedKeys}.
 * ARGV: deployment, the highest epoch that the store has acknowledged to this process, the same of the next partition,
 * the number of the last write that this process has begun, and its history.
 * Answer: that of {@link inspectPartitionScript}.
 */
export const watchPartitionScript = defineScript(
  "watch partition",
  `#!lua flags=allow-oom
${requireStamp}${readEpochLua}${brokenLua}${lostLua}
local mine = tonumber(ARGV[2])
if mine > seen and mine > epoch then
  seen = mine
  write('HSET', KEYS[2], 'seen', string.format('%.0f', seen))
end
if lost() and epoch >= seen then
  seen = epoch + 1
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
