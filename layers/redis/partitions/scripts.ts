import { readTime, requireStamp } from "../scripting/lua.ts"
import { defineScript } from "../scripting/script.ts"

/**
 * Takes the lease of a partition.
 *
 * KEYS: stamp, lease.
 * ARGV: deployment, replica, lease in milliseconds.
 * Answer: the new epoch, or 0 while another replica holds the lease.
 *
 * An epoch is never below the time in milliseconds, so an epoch that a failover has lost is not used again.
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

/**
 * Renews a lease.
 *
 * KEYS: stamp, lease.
 * ARGV: deployment, epoch, replica, lease in milliseconds.
 * Answer: 1 while the replica holds the lease, otherwise 0.
 */
export const renewLeaseScript = defineScript(
  "renew partition",
  `#!lua flags=allow-oom
${requireStamp}${requireLease}${readTime}
write('HSET', KEYS[2], 'until', now + tonumber(ARGV[4]))
return 1
`
)

/**
 * Releases a lease. The epoch stays, so that the next one is higher.
 *
 * KEYS: stamp, lease.
 * ARGV: deployment, epoch, replica.
 * Answer: 1, or 0 when the replica did not hold the lease.
 */
export const releaseLeaseScript = defineScript(
  "release partition",
  `#!lua flags=allow-oom
${requireStamp}${requireLease}
write('HSET', KEYS[2], 'owner', '', 'until', 0)
return 1
`
)

/**
 * Announces a replica of the gateway. Each replica is a field with two times: when it started, and until when it
 * counts.
 *
 * KEYS: stamp, replicas.
 * ARGV: deployment, replica, milliseconds after which a replica without a new announcement is removed.
 * Answer: the number of replicas, and the number of those that are older than this one.
 */
export const announceReplicaScript = defineScript(
  "announce replica",
  `#!lua flags=allow-oom
${requireStamp}${readTime}
local since, live, older = now, 1, 0
local others = {}
local entries = redis.call('HGETALL', KEYS[2])
for at = 1, #entries, 2 do
  local came, till = string.match(entries[at + 1], '^(%d+) (%d+)')
  if not till or tonumber(till) <= now then
    write('HDEL', KEYS[2], entries[at])
  elseif entries[at] == ARGV[2] then
    since = tonumber(came)
  else
    others[entries[at]] = tonumber(came)
  end
end
for other, came in pairs(others) do
  live = live + 1
  if came < since or (came == since and other < ARGV[2]) then older = older + 1 end
end
write('HSET', KEYS[2], ARGV[2], string.format('%.0f %.0f', since, now + tonumber(ARGV[3])))
write('PEXPIRE', KEYS[2], ARGV[3])
return {live, older}
`
)

/**
 * Removes a replica of the gateway.
 *
 * KEYS: stamp, replicas.
 * ARGV: deployment, replica.
 * Answer: 1.
 */
export const retireReplicaScript = defineScript(
  "retire replica",
  `#!lua flags=allow-oom
${requireStamp}
write('HDEL', KEYS[2], ARGV[2])
return 1
`
)
