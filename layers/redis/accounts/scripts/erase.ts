import { requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"

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
