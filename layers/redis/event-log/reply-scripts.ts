import { readTime, requireEpoch, requireStamp } from "../lua.ts"
import { defineScript } from "../script.ts"
import { acknowledging } from "./acknowledge.ts"
import { ownerOf } from "./owner.ts"

/**
 * The acknowledgement of an event with what the runtime answered, stored before it is marked (G5).
 * KEYS: those of `acknowledge`, replies, answered. ARGV: deployment, epoch, position, the event's mark, record, milliseconds
 * that the mark stays from the last answer. Answers a Write, or `answered` where an answer had been stored before.
 */
export const storeReply = defineScript(
  "store reply",
  `${ownerOf}${readTime}
local known = redis.call('ZSCORE', KEYS[9], ARGV[4])
if not known then
  local step = redis.call('HINCRBY', KEYS[6], 'replies', 1)
  redis.call('XADD', KEYS[8], string.format('%.0f-0', step), 'r', ARGV[5])
end
redis.call('ZADD', KEYS[9], now, ARGV[4])
local old = redis.call('ZRANGE', KEYS[9], '-inf', now - tonumber(ARGV[6]), 'BYSCORE', 'LIMIT', 0, 10)
if #old > 0 then redis.call('ZREM', KEYS[9], unpack(old)) end
${acknowledging}
redis.call('ZREM', KEYS[3], place)
acknowledge({ place }, { ARGV[3] }, 'runtime', 0)
return known and 'answered' or 'written'
`
)

/** KEYS: stamp, replies. ARGV: deployment, position after which, limit. Answers two a reply, oldest first: position, record. */
export const pendingReplies = defineScript(
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

/** KEYS: stamp, lease, replies. ARGV: deployment, epoch, position. Answers a Write. */
export const endReply = defineScript(
  "end reply",
  `#!lua flags=allow-oom
${requireStamp}${requireEpoch}
return redis.call('XDEL', KEYS[3], ARGV[3] .. '-0') == 1 and 'written' or 'absent'
`
)

/** KEYS: stamp, replies. ARGV: deployment. Answers how many are not done. */
export const countReplies = defineScript(
  "count replies",
  `#!lua flags=no-writes
${requireStamp}
return redis.call('XLEN', KEYS[2])
`
)
