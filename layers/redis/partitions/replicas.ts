import { readTime, requireStamp } from "../scripting/lua.ts"
import { defineScript } from "../scripting/script.ts"

/**
 * KEYS: stamp, replicas. ARGV: deployment, replica, milliseconds until silence makes it forgotten. Each replica is a field
 * with two times: since when it is there, and until when it counts. Answers how many are there, and how many of them longer.
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

/** KEYS: stamp, replicas. ARGV: deployment, replica. */
export const retireReplicaScript = defineScript(
  "retire replica",
  `#!lua flags=allow-oom
${requireStamp}
write('HDEL', KEYS[2], ARGV[2])
return 1
`
)
