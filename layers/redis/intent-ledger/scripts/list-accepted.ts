import { requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"
import { pageLua } from "./page.ts"

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
${requireStamp}${pageLua}
local lastAt = ARGV[3]
return page({}, KEYS[2], lastAt == '' and '-inf' or lastAt, '+inf', tonumber(ARGV[2]), lastAt, ARGV[4])
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
