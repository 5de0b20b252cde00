import { readTime, requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"

/**
 * Reads one intent.
 *
 * KEYS: stamp, record, tombstone.
 * ARGV: deployment.
 * Answer: nil, `expired`, or the time and the record.
 */
const readLua = `
${requireStamp}
local record = redis.call('HGETALL', KEYS[2])
if #record > 0 then
  ${readTime}
  return { now, record }
end
if redis.call('EXISTS', KEYS[3]) == 1 then return 'expired' end
return false
`

export const readScript = defineScript("read intent", `#!lua flags=no-writes${readLua}`)

/** Reads one intent durably: when replicas are configured, they must have what the script finds (G3). */
export const readDurablyScript = defineScript("read intent durably", `#!lua flags=allow-oom${readLua}`)
