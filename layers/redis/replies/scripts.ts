import { readTime, requireEpoch, requireStamp } from "../scripting/lua.ts"
import { defineScript } from "../scripting/script.ts"
import { acknowledgeLua, ownerOf } from "../event-log/scripts/acknowledge-refuse.ts"

/**
 * Acknowledges an event and stores the runtime's reply, before the event is marked as answered (G5).
 *
 * KEYS: those of `acknowledge`, replies, answered.
 * ARGV: deployment, epoch, position, mark of the event, record, milliseconds that the mark stays after the last reply.
 * Answer: a `Write`, or `answered` when a reply had been stored before.
 *
 * When the counters were lost, replies are numbered on from the last one in the stream.
 */
export const storeReplyScript = defineScript(
  "store reply",
  `${ownerOf}${readTime}
local known = redis.call('ZSCORE', KEYS[9], ARGV[4])
if not known then
  local position, replies = unpack(redis.call('HMGET', KEYS[6], 'position', 'replies'))
  if not position then return redis.error_reply('DAMAGED the counters of a partition are gone') end
  if not replies and redis.call('EXISTS', KEYS[8]) == 1 then
    local facts = redis.call('XINFO', 'STREAM', KEYS[8])
    for i = 1, #facts, 2 do
      if facts[i] == 'last-generated-id' then replies = string.match(facts[i + 1], '^%d+') end
    end
  end
  local step = string.format('%.0f', (replies or 0) + 1)
  write('HSET', KEYS[6], 'replies', step)
  write('XADD', KEYS[8], step .. '-0', 'r', ARGV[5])
end
-- Before its own mark is written: that may be an old one, which the last answer renews.
local old = redis.call('ZRANGE', KEYS[9], '-inf', now - tonumber(ARGV[6]), 'BYSCORE', 'LIMIT', 0, 10)
if #old > 0 then write('ZREM', KEYS[9], unpack(old)) end
write('ZADD', KEYS[9], string.format('%.0f', now), ARGV[4])
${acknowledgeLua}
write('ZREM', KEYS[3], place)
acknowledge({ place }, { ARGV[3] }, 'runtime', 0)
return known and 'answered' or 'written'
`
)

/**
 * Lists a page of the replies that are not done, oldest first.
 *
 * KEYS: stamp, replies.
 * ARGV: deployment, position after which to list, limit.
 * Answer: two values a reply: position, record.
 */
export const pendingRepliesScript = defineScript(
  "pending replies",
  `#!lua flags=no-writes
${requireStamp}
local found = redis.call('XRANGE', KEYS[2], '(' .. ARGV[2] .. '-0', '+', 'COUNT', ARGV[3])
local answer = {}
for i = 1, #found do
  answer[2 * i - 1] = string.match(found[i][1], '^%d+')
  answer[2 * i] = found[i][2][2]
end
return answer
`
)

/**
 * Deletes a reply that is done.
 *
 * KEYS: stamp, lease, replies.
 * ARGV: deployment, epoch, position.
 * Answer: a `Write`.
 */
export const endReplyScript = defineScript(
  "end reply",
  `#!lua flags=allow-oom
${requireStamp}${requireEpoch}
local id = ARGV[3] .. '-0'
if not redis.call('XRANGE', KEYS[3], id, id)[1] then return 'absent' end
write('XDEL', KEYS[3], id)
return 'written'
`
)

/**
 * Counts the replies that are not done.
 *
 * KEYS: stamp, replies.
 * ARGV: deployment.
 * Answer: the number of replies.
 */
export const countRepliesScript = defineScript(
  "count replies",
  `#!lua flags=no-writes
${requireStamp}
return redis.call('XLEN', KEYS[2])
`
)
