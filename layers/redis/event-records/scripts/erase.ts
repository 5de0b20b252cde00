import { placesLua } from "../../event-log/scripts/prelude.ts"
import { requireStamp, wholeNumbers } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"

/**
 * Reads a page of the records in a stream.
 *
 * KEYS: stamp, stream.
 * ARGV: deployment, id after which to read or an empty text, limit.
 * Answer: the id after which the next page begins or an empty text, then two values a record: place, record.
 */
export const readStreamRecordsScript = defineScript(
  "read resting entries",
  `#!lua flags=no-writes
${requireStamp}
local found = redis.call('XRANGE', KEYS[2], ARGV[2] == '' and '-' or '(' .. ARGV[2], '+', 'COUNT', ARGV[3])
local answer = { #found == tonumber(ARGV[3]) and found[#found][1] or '' }
for _, entry in ipairs(found) do
  local fields = entry[2]
  answer[#answer + 1] = entry[1]
  answer[#answer + 1] = fields[1] == 'r' and fields[2] or fields[4]
end
return answer
`
)

/**
 * Reads a page of the records in a hash of items. The server returns each item that is present throughout at least
 * once.
 *
 * KEYS: stamp, items.
 * ARGV: deployment, cursor or an empty text, limit.
 * Answer: the next cursor or an empty text, then two values a record: id, record.
 */
export const readItemRecordsScript = defineScript(
  "read resting items",
  `#!lua flags=no-writes
${requireStamp}
local found = redis.call('HSCAN', KEYS[2], ARGV[2] == '' and '0' or ARGV[2], 'COUNT', ARGV[3])
local answer = { found[1] == '0' and '' or found[1] }
for _, text in ipairs(found[2]) do answer[#answer + 1] = text end
return answer
`
)

/**
 * Defines `raiseEpoch()`, which raises the epoch of the lease in KEYS[2], so that the partition's owner starts again
 * with nothing in memory (G30). Needs `whole`.
 */
const raiseEpochLua = `
local function raiseEpoch()
  local epoch = redis.call('HGET', KEYS[2], 'epoch')
  if epoch then write('HSET', KEYS[2], 'epoch', whole(epoch + 1)) end
end
`

/**
 * Erases events of the log.
 *
 * KEYS: stamp, lease, log, todo:runtime, todo:ledger, late, refusals, counters.
 * ARGV: deployment, ids of the log.
 * Answer: the number of events that were there, and the number of them that were pending.
 *
 * A pending event leaves the todo of every consumer first and counts as dead-lettered. A new epoch then makes the
 * partition's owner start again without what it holds in memory (G30). The script drains, so it is `allow-oom`.
 */
export const eraseEventsScript = defineScript(
  "erase events",
  `#!lua flags=allow-oom
${requireStamp}${wholeNumbers}${placesLua}${raiseEpochLua}
local logBytes, deadLettered = unpack(redis.call('HMGET', KEYS[8], 'logBytes', 'deadLettered'))
local erased, pending, bytes, seen = 0, 0, 0, {}
for i = 2, #ARGV do
  local id = ARGV[i]
  local entry = not seen[id] and redis.call('XRANGE', KEYS[3], id, id)[1]
  seen[id] = true
  if entry then
    local place = id .. (entry[2][6] or '')
    if redis.call('ZSCORE', KEYS[4], place) then pending = pending + 1 end
    erased, bytes = erased + 1, bytes + #entry[2][4]
    write('HDEL', KEYS[7], place)
    write('ZREM', KEYS[5], id)
    write('ZREM', KEYS[6], id)
    write('ZREM', KEYS[4], place)
    write('XDEL', KEYS[3], id)
  end
end
if erased > 0 then
  write('HSET', KEYS[8], 'logBytes', whole((logBytes or 0) - bytes), 'deadLettered', whole((deadLettered or 0) + pending))
end
if pending > 0 then raiseEpoch() end
return { erased, pending }
`
)

/**
 * Erases items of a collection.
 *
 * KEYS: stamp, order, items, counters.
 * ARGV: deployment, name of the counter of their bytes or an empty text, ids.
 * Answer: the number of items that were there, and 0.
 */
export const eraseItemsScript = defineScript(
  "erase items",
  `#!lua flags=allow-oom
${requireStamp}${wholeNumbers}
local erased, bytes, seen = 0, 0, {}
for i = 3, #ARGV do
  local item = not seen[ARGV[i]] and redis.call('HGET', KEYS[3], ARGV[i])
  seen[ARGV[i]] = true
  if item then
    erased, bytes = erased + 1, bytes + #item
    write('ZREM', KEYS[2], ARGV[i])
    write('HDEL', KEYS[3], ARGV[i])
  end
end
if erased > 0 and ARGV[2] ~= '' then
  write('HSET', KEYS[4], ARGV[2], whole((redis.call('HGET', KEYS[4], ARGV[2]) or 0) - bytes))
end
return { erased, 0 }
`
)

/**
 * Erases stored replies, and raises the epoch as {@link eraseEventsScript} does: the partition's owner starts again.
 *
 * KEYS: stamp, lease, replies.
 * ARGV: deployment, ids.
 * Answer: the number of replies that were there, and 0.
 */
export const eraseRepliesScript = defineScript(
  "erase replies",
  `#!lua flags=allow-oom
${requireStamp}${wholeNumbers}${raiseEpochLua}
local erased = 0
for i = 2, #ARGV do
  if redis.call('XRANGE', KEYS[3], ARGV[i], ARGV[i])[1] then
    erased = erased + 1
    write('XDEL', KEYS[3], ARGV[i])
  end
end
if erased > 0 then raiseEpoch() end
return { erased, 0 }
`
)
