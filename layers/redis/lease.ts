import { readTime, requireStamp } from "./lua.ts"
import { defineScript } from "./script.ts"

/** KEYS: stamp, lease. ARGV: deployment, replica, lease in milliseconds. Answers the new epoch, 0 while another holds it. */
export const acquireLease = defineScript(
  "take partition",
  `#!lua flags=allow-oom
${requireStamp}${readTime}
local lease = redis.call('HMGET', KEYS[2], 'owner', 'until')
if lease[1] and lease[1] ~= '' and lease[1] ~= ARGV[2] and tonumber(lease[2]) > now then return 0 end
redis.call('HSET', KEYS[2], 'owner', ARGV[2], 'until', now + tonumber(ARGV[3]))
return redis.call('HINCRBY', KEYS[2], 'epoch', 1)
`
)

const requireLease = `
local lease = redis.call('HMGET', KEYS[2], 'epoch', 'owner')
if lease[1] ~= ARGV[2] or lease[2] ~= ARGV[3] then return 0 end
`

/** KEYS: stamp, lease. ARGV: deployment, epoch, replica, lease in milliseconds. Answers 1 while it is ours. */
export const renewLease = defineScript(
  "renew partition",
  `#!lua flags=allow-oom
${requireStamp}${requireLease}${readTime}
redis.call('HSET', KEYS[2], 'until', now + tonumber(ARGV[4]))
return 1
`
)

/** KEYS: stamp, lease. ARGV: deployment, epoch, replica. The epoch stays, so that the next one is higher. */
export const releaseLease = defineScript(
  "release partition",
  `#!lua flags=allow-oom
${requireStamp}${requireLease}
redis.call('HSET', KEYS[2], 'owner', '', 'until', 0)
return 1
`
)
