import { requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"

/** In the order in which {@link countsScript} answers them. */
export const counted = ["received", "admitted", "deduped", "quarantined", "delivered", "deadLettered", "again"] as const

/** KEYS: stamp, counters, todo:runtime. ARGV: deployment. Answers what one partition counted, what is pending (-1 where
 * that cannot be counted), and 1 where a write is unfinished. */
export const countsScript = defineScript(
  "counts",
  `#!lua flags=no-writes
${requireStamp}
local counters = redis.call('HMGET', KEYS[2], ${counted.map((name) => `'${name}'`).join(", ")})
for i = 1, #counters do counters[i] = tonumber(counters[i] or 0) end
local pending = redis.pcall('ZCARD', KEYS[3])
counters[#counters + 1] = type(pending) == 'number' and pending or -1
counters[#counters + 1] = redis.call('HEXISTS', KEYS[1], 'unfinished')
return counters
`
)

/** KEYS: stamp. ARGV: deployment. */
export const pingScript = defineScript(
  "ping",
  `#!lua flags=no-writes
${requireStamp}
return 1
`
)
