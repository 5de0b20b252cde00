import { places } from "../event-log/places.ts"
import { requireStamp } from "../lua.ts"
import { defineScript } from "../script.ts"

/**
 * KEYS: stamp, a stream. ARGV: deployment, id after which or nothing, limit. Answers where to go on or nothing, then two a
 * record: place, record.
 */
export const restInStream = defineScript(
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

/** The same of a hash of items: KEYS: stamp, items. What is there throughout comes at least once, the server promises. */
export const restInHash = defineScript(
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
 * KEYS: stamp, lease, log, todo:runtime, todo:ledger, late, refusals, counters. ARGV: deployment, ids of the log. Answers
 * how many were there and how many of them were pending: those leave every consumer first and count as dead-lettered. It drains.
 * A new epoch then makes the partition's owner begin afresh, without what it holds in memory (G30).
 */
export const eraseEvents = defineScript(
  "erase events",
  `#!lua flags=allow-oom
${requireStamp}${places}
local erased, pending, bytes = 0, 0, 0
for i = 2, #ARGV do
  local id = ARGV[i]
  local entry = redis.call('XRANGE', KEYS[3], id, id)[1]
  if entry then
    local place = id .. (entry[2][6] or '')
    redis.call('HDEL', KEYS[7], place)
    redis.call('ZREM', KEYS[5], id)
    redis.call('ZREM', KEYS[6], id)
    pending = pending + redis.call('ZREM', KEYS[4], place)
    redis.call('XDEL', KEYS[3], id)
    erased, bytes = erased + 1, bytes + #entry[2][4]
  end
end
if erased > 0 then redis.call('HINCRBY', KEYS[8], 'logBytes', -bytes) end
if pending > 0 then
  redis.call('HINCRBY', KEYS[8], 'deadLettered', pending)
  if redis.call('HEXISTS', KEYS[2], 'epoch') == 1 then redis.call('HINCRBY', KEYS[2], 'epoch', 1) end
end
return { erased, pending }
`
)

/** KEYS: stamp, order, items, counters. ARGV: deployment, counter of their bytes or nothing, ids. Answers how many there were. */
export const eraseItems = defineScript(
  "erase items",
  `#!lua flags=allow-oom
${requireStamp}
local erased = 0
for i = 3, #ARGV do
  local item = redis.call('HGET', KEYS[3], ARGV[i])
  if item then
    redis.call('ZREM', KEYS[2], ARGV[i])
    redis.call('HDEL', KEYS[3], ARGV[i])
    if ARGV[2] ~= '' then redis.call('HINCRBY', KEYS[4], ARGV[2], -#item) end
    erased = erased + 1
  end
end
return { erased, 0 }
`
)

/** KEYS: stamp, lease, replies. ARGV: deployment, ids. As {@link eraseEvents}: whoever performs them begins afresh. */
export const eraseReplies = defineScript(
  "erase replies",
  `#!lua flags=allow-oom
${requireStamp}
local erased = 0
for i = 2, #ARGV do erased = erased + redis.call('XDEL', KEYS[3], ARGV[i]) end
if erased > 0 and redis.call('HEXISTS', KEYS[2], 'epoch') == 1 then redis.call('HINCRBY', KEYS[2], 'epoch', 1) end
return { erased, 0 }
`
)
