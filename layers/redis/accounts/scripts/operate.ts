import { defineScript } from "../../scripting/script.ts"
import { pausingLua, accountPrelude } from "./prelude.ts"
import { readTime, requireStamp } from "../../scripting/lua.ts"

/** KEYS: stamp, account. ARGV: deployment. Answers the time and `why`, `since`, `until`, `code`, `credential` as they are kept. */
export const lookScript = defineScript(
  "look at account",
  `#!lua flags=no-writes
${requireStamp}${readTime}
local kept = redis.call('HMGET', KEYS[2], 'why', 'since', 'until', 'code', 'credential')
for i = 1, 5 do kept[i] = kept[i] or '' end
return { now, unpack(kept) }
`
)

/** KEYS: stamp, account. ARGV: deployment, credentials. Answers since when the operator's pause stands. */
export const pauseByOperatorScript = defineScript(
  "pause account",
  `#!lua flags=allow-oom
${accountPrelude}${pausingLua}
pause('operator', nil, '')
return since
`
)

/** KEYS: stamp, account. ARGV: deployment, credentials. Answers `why`, `since`, `until`, `code` of what it ended, or nothing. */
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
