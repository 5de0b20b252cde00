import { requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"
import type { KeyName } from "../../keys.ts"

/** The keys of a partition that a look reads, in the order of KEYS. */
export const lookedAt = [
  "stamp",
  "epoch",
  "counters",
  "log",
  "todo:runtime",
  "todo:ledger"
] satisfies ReadonlyArray<KeyName>

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
export const inspectPartitionScript = defineScript(
  "inspect partition",
  `#!lua flags=no-writes
${reading}${judging}
local trouble = broken(was)
return { epoch, seen, tonumber(nextEpoch or 0), trouble }
`
)

/** Histories of a data set that a partition remembers: a process that was away for more of them compares with all. */
const histories = 8

/**
 * Defines `lost()`: whether the last write that this process has begun, ARGV[4] in the history ARGV[5], is not in the store.
 * A server gives its data set a new history whenever it starts or becomes primary. The partition notes with how many such
 * writes each history began: who was told of more of them in an earlier one has lost those above, however many came since.
 */
const losing = `
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
 * KEYS: {@link lookedAt}. ARGV: deployment, the highest epoch that this process has seen acknowledged, that of the next
 * partition, the last write that it has begun and its history. Raises the epoch by one, unless it is below one that was seen: then it leaves word of that for every other
 * process (G47). Answers as {@link inspectPartitionScript}.
 */
export const watchPartitionScript = defineScript(
  "watch partition",
  `#!lua flags=allow-oom
${requireStamp}${reading}${judging}${losing}
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
