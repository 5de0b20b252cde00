import { defineScript } from "../../scripting/script.ts"
import { denying, judging, intentPrelude } from "./prelude.ts"

/**
 * KEYS: stamp, record, tombstone, tokens, lists by state. ARGV: deployment, intent id, retention of the record and of the
 * tombstone, token, failure, milliseconds that tokens stay. Leaves a token alone that has settled; buries any other.
 */
export const releaseScript = defineScript(
  "release intent",
  `#!lua flags=allow-oom
${intentPrelude}${judging}${denying}
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
