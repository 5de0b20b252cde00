import { requireStamp } from "../lua.ts"
import { defineScript } from "../script.ts"

/** In the order in which {@link counts} answers them. */
export const counted = ["received", "admitted", "deduped", "quarantined", "delivered", "deadLettered", "again"] as const

/** KEYS: stamp, counters. ARGV: deployment. Answers what one partition counted. */
export const counts = defineScript(
  "counts",
  `#!lua flags=no-writes
${requireStamp}
local counters = redis.call('HMGET', KEYS[2], ${counted.map((name) => `'${name}'`).join(", ")})
for i = 1, #counters do counters[i] = tonumber(counters[i] or 0) end
return counters
`
)

/** KEYS: stamp. ARGV: deployment. */
export const ping = defineScript(
  "ping",
  `#!lua flags=no-writes
${requireStamp}
return 1
`
)
