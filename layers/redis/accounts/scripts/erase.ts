import { requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"

/** KEYS: stamp, what is kept of recipients. ARGV: deployment. Answers how much of it there was. */
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
