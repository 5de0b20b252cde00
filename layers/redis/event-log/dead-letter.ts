import { defineScript } from "../script.ts"
import { ownerOf } from "./owner.ts"

/**
 * KEYS: stamp, lease, todo:runtime, log, dead, counters, refusals. ARGV: deployment, epoch, position, reason. Answers a Write.
 * The dead letter is written before the event leaves the runtime's todo (G5).
 */
export const deadLetter = defineScript(
  "dead-letter",
  `${ownerOf}
local entry = redis.call('XRANGE', KEYS[4], id, id)[1]
local fields = entry and entry[2] or {'k', '', 'r', ''}
redis.call('XADD', KEYS[5], '*', 'position', ARGV[3], 'reason', ARGV[4], unpack(fields))
redis.call('ZREM', KEYS[3], id)
redis.call('HDEL', KEYS[7], id)
redis.call('HINCRBY', KEYS[6], 'deadLettered', 1)
return 'written'
`
)
