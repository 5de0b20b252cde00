import { requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"
import { listedStates } from "../keys.ts"
import { judgeLua, intentPrelude } from "./prelude.ts"

/**
 * Scans the intents of one state.
 *
 * KEYS: stamp, list of a state.
 * ARGV: deployment, cursor, approximate limit.
 * Answer: the next cursor, then ids.
 */
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

/**
 * Reads the sealed parts of records.
 *
 * KEYS: stamp, records.
 * ARGV: deployment.
 * Answer: eight values a record: state, connector, account, lane, request, receipt, failure and reported failure. A
 * missing value is an empty text.
 */
export const readSealedScript = defineScript(
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
 * Erases the sealed parts of an intent's record.
 *
 * KEYS: stamp, record, tombstone, tokens, lists by state, list of provable intents.
 * ARGV: deployment, intent id, milliseconds that the record and the tombstone stay, failure.
 * Answer: the time and the record, or nil when there is no record.
 *
 * Without its request, no fingerprint or read-back can prove the intent any more. An accepted intent fails before its
 * request is deleted.
 */
export const eraseIntentScript = defineScript(
  "forget intent",
  `#!lua flags=allow-oom
${intentPrelude}${judgeLua}
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
