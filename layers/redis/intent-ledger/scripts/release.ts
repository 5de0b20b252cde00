import { defineScript } from "../../scripting/script.ts"
import { denyLua, judgeLua, intentPrelude } from "./prelude.ts"

/**
 * Releases a claim. A token that has settled is left alone; any other token can never claim again.
 *
 * KEYS: stamp, record, tombstone, tokens, lists by state.
 * ARGV: deployment, intent id, milliseconds that the record and the tombstone stay, token, failure, milliseconds that
 * tokens stay.
 * Answer: 0 when the token has settled, otherwise 1.
 */
export const releaseScript = defineScript(
  "release intent",
  `#!lua flags=allow-oom
${intentPrelude}${judgeLua}${denyLua}
local held = redis.call('HMGET', KEYS[2], 'state', 'attempt', 'token', 'verdict', 'proven', 'refused', 'timeline')
local state, attempt, token, verdict, proven, refused, timeline = unpack(held, 1, 7)
if token == ARGV[5] then
  if verdict then
    deny(state, verdict, refused, timeline, attempt, 'released')
    return 0
  end
  verdict = redis.call('HEXISTS', KEYS[2], 'lane') == 1 and 'accepted' or 'failed'
  local after = stateOf(verdict, proven, refused)
  store({ 'verdict', verdict, 'failure', ARGV[6] }, state, after, noted(timeline, attempt, 'released'), attempt)
end
write('HSETNX', KEYS[4], ARGV[5], 'released')
write('PEXPIRE', KEYS[4], ARGV[7])
return 1
`
)
