import { readTime, requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"

/**
 * Reads a page of the log, oldest first.
 *
 * KEYS: stamp, log.
 * ARGV: deployment, milliseconds before now at which to begin, id after which to read or an empty text, limit.
 * Answer: two values an entry: its id in the log, which begins with the time of its admission, and its record.
 */
export const readRecentScript = defineScript(
  "read lately",
  `#!lua flags=no-writes
${requireStamp}${readTime}
local from = ARGV[3]
if from == '' then from = string.format('%.0f-0', math.max(0, now - tonumber(ARGV[2]))) else from = '(' .. from end
local found = redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', ARGV[4])
local answer = {}
for i = 1, #found do
  answer[2 * i - 1], answer[2 * i] = found[i][1], found[i][2][4]
end
return answer
`
)
