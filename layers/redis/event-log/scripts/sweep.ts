import { deliveredFormat } from "../../../../src/deployment/deployment.ts"
import { readTime, requireEpoch, requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"
import { beforeLua } from "./prelude.ts"

/** Entries of each kind that one run reads. */
const some = 200

/** Lua pattern of a status in the first line of a record, as `isStatusRecord` of the codec reads it. */
const statusPattern = '^[^\\n]*,"status",[^,\\n]*,[01]%]\\n'

/**
 * Deletes a batch of expired entries of a partition.
 *
 * KEYS: stamp, lease, todo:runtime, todo:ledger, log, late, counters, dead, its items, quarantine, its items, again,
 * its items, delivered.
 * ARGV: deployment, epoch, milliseconds that a delivered event stays, bytes of records above which it is deleted
 * earlier, milliseconds that a dead letter or quarantined item stays, milliseconds that a redrive or replay is
 * remembered, milliseconds that a delivered status stays.
 * Answer: `more` when there may be more to delete, otherwise `done`; `stale` under an old epoch.
 *
 * Two passes go along the log once each, from the oldest entry. Neither touches an entry that is in a todo, and such an
 * entry keeps no other (G31).
 *
 * - The first pass, when a status has expired, deletes delivered statuses by their ids, and moves the other delivered
 *   events to `delivered` under the same id. A stream frees memory in nodes of some entries, so a message in the log
 *   would keep the statuses around it.
 * - The second pass, when any event has expired, deletes what the first one left because a consumer still waited.
 *   Entries that it passes by enter `late` when they are acknowledged.
 */
export const sweepScript = defineScript(
  "sweep",
  `#!lua flags=allow-oom
${requireStamp}${requireEpoch}${readTime}${beforeLua}
local known = redis.call('HMGET', KEYS[7], 'swept', 'logBytes', 'quarantineBytes', 'settled')
local swept, bytes, quarantined, settled = known[1], tonumber(known[2] or 0), tonumber(known[3] or 0), known[4]
local edge, cap = now - tonumber(ARGV[3]), tonumber(ARGV[4])
local most = 0

local leaving, expired = {}, {}
local function take(entry, from)
  bytes = bytes - #entry[2][4]
  from[#from + 1] = entry[1]
end
local function isOver(id, edge) return tonumber(string.match(id, '^%d+')) <= edge end
local runtimeWaits, ledgerWaits = redis.call('EXISTS', KEYS[3]) == 1, redis.call('EXISTS', KEYS[4]) == 1
local function isOpen(entry)
  return runtimeWaits and redis.call('ZSCORE', KEYS[3], entry[1] .. (entry[2][6] or ''))
    or ledgerWaits and redis.call('ZSCORE', KEYS[4], entry[1])
end
local function behind(key, last, edge, cap)
  local from = last and '(' .. last or '-'
  local first = redis.call('XRANGE', key, from, '+', 'COUNT', 1)[1]
  if not first or not (isOver(first[1], edge) or bytes > cap) then return {} end
  return redis.call('XRANGE', key, from, '+', 'COUNT', ${some})
end

local passed = 0
for _, entry in ipairs(behind(KEYS[14], nil, edge, cap)) do
  if not isOver(entry[1], edge) and bytes <= cap then break end
  take(entry, expired)
  passed = passed + 1
end
-- Above the limit in bytes, the log comes after all that is older.
if passed == ${some} then cap = math.huge end
most, passed = passed, 0
for _, entry in ipairs(behind(KEYS[5], swept, edge, cap)) do
  if not isOver(entry[1], edge) and bytes <= cap then break end
  if not isOpen(entry) then take(entry, leaving) end
  swept, passed = entry[1], passed + 1
end
most, passed = math.max(most, passed), 0

if not settled or (swept and before(settled, swept)) then settled = swept end
local early, apart = now - tonumber(ARGV[7]), tonumber(redis.call('HGET', KEYS[1], 'format') or 0) >= ${deliveredFormat}
for _, entry in ipairs(behind(KEYS[5], settled, early, math.huge)) do
  if not isOver(entry[1], early) then break end
  if not isOpen(entry) then
    if string.find(entry[2][4], '${statusPattern}') then
      take(entry, leaving)
    elseif apart then
      write('XADD', KEYS[14], entry[1], unpack(entry[2]))
      leaving[#leaving + 1] = entry[1]
    end
  end
  settled, passed = entry[1], passed + 1
end
most = math.max(most, passed)

local late = redis.call('ZRANGE', KEYS[6], 0, ${some} - 1, 'WITHSCORES')
for i = 1, #late, 2 do
  if tonumber(late[i + 1]) > edge and bytes <= cap then break end
  local entry = redis.call('XRANGE', KEYS[5], late[i], late[i])[1]
  if entry then take(entry, leaving) end
  write('ZREM', KEYS[6], late[i])
  most = math.max(most, (i + 1) / 2)
end

if #leaving > 0 then write('XDEL', KEYS[5], unpack(leaving)) end
if #expired > 0 then write('XDEL', KEYS[14], unpack(expired)) end

local function old(order, items, stays, gone)
  local ids = redis.call('ZRANGE', order, '-inf', string.format('(%.0f', now - tonumber(stays)), 'BYSCORE', 'LIMIT', 0, ${some})
  for _, id in ipairs(ids) do
    if gone then gone(redis.call('HGET', items, id) or '') end
    write('HDEL', items, id)
    write('ZREM', order, id)
  end
  most = math.max(most, #ids)
end
old(KEYS[8], KEYS[9], ARGV[5])
old(KEYS[10], KEYS[11], ARGV[5], function(item) quarantined = quarantined - #item end)
old(KEYS[12], KEYS[13], ARGV[6])

if most > 0 then
  write('HSET', KEYS[7], 'logBytes', string.format('%.0f', bytes), 'quarantineBytes', string.format('%.0f', quarantined))
  if swept then write('HSET', KEYS[7], 'swept', swept) end
  if settled then write('HSET', KEYS[7], 'settled', settled) end
end
return most < ${some} and 'done' or 'more'
`
)
