import { requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"

/** Names the counters in the order in which {@link countsScript} returns them. */
export const counted = ["received", "admitted", "deduped", "quarantined", "delivered", "deadLettered", "again"] as const

/**
 * Reads the counters of one partition.
 *
 * KEYS: stamp, counters, todo:runtime.
 * ARGV: deployment.
 * Answer: the counters, the number of pending events (-1 when they cannot be counted), and 1 when a write is
 * unfinished.
 */
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

/**
 * Checks that a partition replies and has the stamp of the deployment.
 *
 * KEYS: stamp.
 * ARGV: deployment.
 * Answer: 1.
 */
export const pingScript = defineScript(
  "ping",
  `#!lua flags=no-writes
${requireStamp}
return 1
`
)
