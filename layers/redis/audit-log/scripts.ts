import { readTime, requireStamp } from "../scripting/lua.ts"
import { defineScript } from "../scripting/script.ts"

/**
 * Appends an entry to the audit log, and deletes expired ones. It runs in a full store too, because operators drain a
 * full store (G6).
 *
 * KEYS: stamp, audit.
 * ARGV: deployment, milliseconds that an entry stays, the entry.
 * Answer: 1.
 */
export const appendAuditScript = defineScript(
  "append audit",
  `#!lua flags=allow-oom
${requireStamp}${readTime}
write('XADD', KEYS[2], '*', 'r', ARGV[3])
write('XTRIM', KEYS[2], 'MINID', '~', string.format('%.0f-0', math.max(0, now - tonumber(ARGV[2]))))
return 1
`
)

/**
 * Lists a page of the audit log, newest first.
 *
 * KEYS: stamp, audit.
 * ARGV: deployment, cursor or an empty text, limit.
 * Answer: two values an entry: its place, the entry.
 */
export const readAuditScript = defineScript(
  "read audit",
  `#!lua flags=no-writes
${requireStamp}
local from = ARGV[2] == '' and '+' or '(' .. ARGV[2]
local answer = {}
for _, entry in ipairs(redis.call('XREVRANGE', KEYS[2], from, '-', 'COUNT', ARGV[3])) do
  answer[#answer + 1] = entry[1]
  answer[#answer + 1] = entry[2][2]
end
return answer
`
)
