import { readTime, requireStamp } from "../scripting/lua.ts"
import { defineScript } from "../scripting/script.ts"

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
