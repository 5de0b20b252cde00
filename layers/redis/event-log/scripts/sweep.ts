import { readTime, requireEpoch, requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"

/** Entries of each kind that one run reads. */
const some = 200

/**
 * Deletes a batch of expired entries of a partition.
 *
 * KEYS: stamp, lease, todo:runtime, todo:ledger, log, late, counters, dead, its items, quarantine, its items, again,
 * its items.
 * ARGV: deployment, epoch, milliseconds that a delivered event stays, bytes of records above which it is deleted
 * earlier, milliseconds that a dead letter or quarantined item stays, milliseconds that a redrive or replay is
 * remembered.
 * Answer: `more` when there may be more to delete, otherwise `done`; `stale` under an old epoch.
 *
 * The sweep passes along the log once, from the oldest entry, and deletes one by one the entries that no consumer waits
 * for. It never deletes an entry that is in a todo, and such an entry keeps no other (G31). Entries that it passes by
 * enter `late` when they are acknowledged.
 */
export const sweepScript = defineScript(
  "sweep",
  `#!lua flags=allow-oom
${requireStamp}${requireEpoch}${readTime}
local known = redis.call('HMGET', KEYS[7], 'swept', 'logBytes', 'quarantineBytes')
local swept, bytes, quarantined = known[1], tonumber(known[2] or 0), tonumber(known[3] or 0)
local edge, cap = now - tonumber(ARGV[3]), tonumber(ARGV[4])
local most = 0

local function take(entry)
  bytes = bytes - #entry[2][4]
  write('XDEL', KEYS[5], entry[1])
end
local passed = 0
for _, entry in ipairs(redis.call('XRANGE', KEYS[5], swept and '(' .. swept or '-', '+', 'COUNT', ${some})) do
  local id, fields = entry[1], entry[2]
  if tonumber(string.match(id, '^%d+')) > edge and bytes <= cap then break end
  local place = id .. (fields[6] or '')
  if not redis.call('ZSCORE', KEYS[3], place) and not redis.call('ZSCORE', KEYS[4], id) then take(entry) end
  swept, passed = id, passed + 1
end
most = math.max(most, passed)

local late = redis.call('ZRANGE', KEYS[6], 0, ${some} - 1, 'WITHSCORES')
for i = 1, #late, 2 do
  if tonumber(late[i + 1]) > edge and bytes <= cap then break end
  local entry = redis.call('XRANGE', KEYS[5], late[i], late[i])[1]
  if entry then take(entry) end
  write('ZREM', KEYS[6], late[i])
  most = math.max(most, (i + 1) / 2)
end

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
end
return most < ${some} and 'done' or 'more'
`
)
