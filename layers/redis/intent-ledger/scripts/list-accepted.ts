import { requireStamp } from "../scripting/lua.ts"
import { defineScript } from "../scripting/script.ts"

/**
 * KEYS: stamp, list of accepted. ARGV: deployment, how many, and the place after which: time and intent id, or nothing.
 * Answers ids and times by turns, oldest first.
 */
export const standingScript = defineScript(
  "list accepted",
  `#!lua flags=no-writes
${requireStamp}
local many, lastAt, lastId = tonumber(ARGV[2]), ARGV[3], ARGV[4]
local found, skip, taken, some = {}, 0, 0, nil
repeat
  some = redis.call('ZRANGE', KEYS[2], lastAt == '' and '-inf' or lastAt, '+inf', 'BYSCORE', 'LIMIT', skip, many, 'WITHSCORES')
  for i = 1, #some, 2 do
    if some[i + 1] ~= lastAt or some[i] > lastId then
      taken = taken + 1
      found[#found + 1] = some[i]
      found[#found + 1] = some[i + 1]
    end
  end
  skip = skip + many
until taken >= many or #some < 2 * many
return found
`
)

/** KEYS: stamp, records. ARGV: deployment. Answers the lane of each that is accepted, else nothing. */
export const lanesOfScript = defineScript(
  "lanes of accepted",
  `#!lua flags=no-writes
${requireStamp}
local answer = {}
for i = 2, #KEYS do
  local state, lane = unpack(redis.call('HMGET', KEYS[i], 'state', 'lane'))
  answer[#answer + 1] = state == 'accepted' and lane or ''
end
return answer
`
)
