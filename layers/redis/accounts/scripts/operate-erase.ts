import { readTime, requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"
import { accountPrelude, pauseLua } from "./prelude.ts"

/**
 * Reads the pause of an account.
 *
 * KEYS: stamp, account.
 * ARGV: deployment.
 * Answer: the time, then `why`, `since`, `until`, `code`, `credential` as stored.
 */
export const lookScript = defineScript(
  "look at account",
  `#!lua flags=no-writes
${requireStamp}${readTime}
local kept = redis.call('HMGET', KEYS[2], 'why', 'since', 'until', 'code', 'credential')
for i = 1, 5 do kept[i] = kept[i] or '' end
return { now, unpack(kept) }
`
)

/**
 * Pauses an account for an operator.
 *
 * KEYS: stamp, account.
 * ARGV: deployment, hash of the credential.
 * Answer: the time since which the operator's pause holds.
 */
export const pauseByOperatorScript = defineScript(
  "pause account",
  `#!lua flags=allow-oom
${accountPrelude}${pauseLua}
pause('operator', nil, '')
return since
`
)

/**
 * Ends the pause of an account.
 *
 * KEYS: stamp, account.
 * ARGV: deployment, hash of the credential.
 * Answer: `why`, `since`, `until`, `code` of the pause that it ended, or an empty list.
 */
export const resumeScript = defineScript(
  "resume account",
  `#!lua flags=allow-oom
${accountPrelude}
write('HDEL', KEYS[2], 'throttles', 'openings', 'window')
if not why then return {} end
local ended = { why, at(since), till and at(till) or '', code or '' }
go()
return ended
`
)

/**
 * Erases what the accounts store about recipients.
 *
 * KEYS: stamp, keys of the recipients.
 * ARGV: deployment.
 * Answer: the number of keys that were there.
 */
export const eraseCountersScript = defineScript(
  "forget recipients",
  `#!lua flags=allow-oom
${requireStamp}
local gone = 0
for i = 2, #KEYS do
  gone = gone + redis.call('EXISTS', KEYS[i])
  write('DEL', KEYS[i])
end
return gone
`
)
