import { readTime, requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"

/** KEYS: stamp, record, tombstone. ARGV: deployment. Answers nil, `expired`, or the time and the record. */
const reading = `
${requireStamp}
local record = redis.call('HGETALL', KEYS[2])
if #record > 0 then
  ${readTime}
  return { now, record }
end
if redis.call('EXISTS', KEYS[3]) == 1 then return 'expired' end
return false
`

export const readScript = defineScript("read intent", `#!lua flags=no-writes${reading}`)

/** The same; where replicas are configured, they must have what it finds (G3). */
export const readDurablyScript = defineScript("read intent durably", `#!lua flags=allow-oom${reading}`)
