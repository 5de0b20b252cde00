import { readTime, requireStamp } from "../scripting/lua.ts"
import { defineScript } from "../scripting/script.ts"

/**
 * KEYS: stamp, lease. ARGV: deployment, replica, lease in milliseconds. Answers the new epoch, 0 while another holds it.
 * An epoch is never below the time: one that a failover has lost is not given again.
 */
export const acquireLeaseScript = defineScript(
  "take partition",
  `#!lua flags=allow-oom
${requireStamp}${readTime}
local lease = redis.call('HMGET', KEYS[2], 'owner', 'until', 'epoch')
if lease[1] and lease[1] ~= '' and lease[1] ~= ARGV[2] and tonumber(lease[2]) > now then return 0 end
local epoch = math.max(tonumber(lease[3] or 0) + 1, now)
write('HSET', KEYS[2], 'owner', ARGV[2], 'until', now + tonumber(ARGV[3]), 'epoch', string.format('%.0f', epoch))
return epoch
`
)

const requireLease = `
local lease = redis.call('HMGET', KEYS[2], 'epoch', 'owner')
if lease[1] ~= ARGV[2] or lease[2] ~= ARGV[3] then return 0 end
`

/** KEYS: stamp, lease. ARGV: deployment, epoch, replica, lease in milliseconds. Answers 1 while it is ours. */
export const renewLeaseScript = defineScript(
  "renew partition",
  `#!lua flags=allow-oom
${requireStamp}${requireLease}${readTime}
write('HSET', KEYS[2], 'until', now + tonumber(ARGV[4]))
return 1
`
)

/** KEYS: stamp, lease. ARGV: deployment, epoch, replica. The epoch stays, so that the next one is higher. */
export const releaseLeaseScript = defineScript(
  "release partition",
  `#!lua flags=allow-oom
${requireStamp}${requireLease}
write('HSET', KEYS[2], 'owner', '', 'until', 0)
return 1
`
)
