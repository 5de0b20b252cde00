import { requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"
import { listedStates } from "../keys.ts"
import { judging, intentPrelude } from "./prelude.ts"

/** KEYS: stamp, list of a state. ARGV: deployment, where to go on, how many about. Answers where to go on, then ids. */
export const scanListScript = defineScript(
  "scan intents",
  `#!lua flags=no-writes
${requireStamp}
local found = redis.call('ZSCAN', KEYS[2], ARGV[2], 'COUNT', ARGV[3])
local answer = { found[1] }
for i = 1, #found[2], 2 do answer[#answer + 1] = found[2][i] end
return answer
`
)

/** KEYS: stamp, records. ARGV: deployment. Answers eight a record: state, connector, account, lane, request, receipt, failure and reported failure; nothing is empty. */
export const restOfScript = defineScript(
  "read resting intents",
  `#!lua flags=no-writes
${requireStamp}
local answer = {}
for i = 2, #KEYS do
  local held = redis.call('HMGET', KEYS[i], 'state', 'connector', 'account', 'lane', 'request', 'receipt', 'failure', 'reported')
  for at = 1, 8 do answer[#answer + 1] = held[at] or '' end
end
return answer
`
)

/**
 * KEYS: stamp, record, tombstone, tokens, lists by state, what can be proven. ARGV: deployment, intent id, retention of the
 * record and of the tombstone, failure. Without its request nothing proves it by its looks any more. What is accepted is marked as ended before its request goes. Answers nil where there is no record.
 */
export const forgetScript = defineScript(
  "forget intent",
  `#!lua flags=allow-oom
${intentPrelude}${judging}
local state, attempt, timeline = unpack(redis.call('HMGET', KEYS[2], 'state', 'attempt', 'timeline'))
if not state then return false end
local steps = noted(timeline, attempt, 'forgotten')
local told = { 'reported', 'failure' }
if state == 'accepted' then
  told[2] = nil
  store({ 'verdict', 'failed', 'failure', ARGV[5] }, state, 'failed', steps, attempt)
else
  write('HSET', KEYS[2], 'timeline', steps)
end
write('ZREM', KEYS[${listedStates.length + 5}], ARGV[2])
write('HDEL', KEYS[2], 'request', 'receipt', 'prove')
for _, field in ipairs(told) do
  local held = redis.call('HGET', KEYS[2], field)
  local failure = held and cjson.decode(held)
  if failure and failure.sealed then
    failure.sealed = nil
    write('HSET', KEYS[2], field, cjson.encode(failure))
  end
end
return { now, record() }
`
)
