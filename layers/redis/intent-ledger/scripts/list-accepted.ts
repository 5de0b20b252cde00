import { requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"

/**
 * Lists a page of the accepted intents of one partition, oldest first.
 *
 * KEYS: stamp, list of accepted.
 * ARGV: deployment, limit, and the time and the intent id after which to list, or empty texts.
 * Answer: ids and times in turn.
 */
export const listAcceptedScript = defineScript(
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

/**
 * Reads the lanes of accepted intents.
 *
 * KEYS: stamp, records.
 * ARGV: deployment.
 * Answer: the lane of each record that is accepted; an empty text for any other.
 */
export const readLanesScript = defineScript(
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
