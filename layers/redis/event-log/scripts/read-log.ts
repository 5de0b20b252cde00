import { readTime, requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"
import { placesLua } from "./prelude.ts"

/**
 * Reads a page of the events that a consumer has not acknowledged, oldest first.
 *
 * KEYS: stamp, todo of the consumer, log, refusals.
 * ARGV: deployment, position after which to read, limit.
 * Answer: five values an entry: position, key, record, refusals, place. A missing record is empty, so that the reader
 * parks the event instead of skipping it unseen.
 */
export const pendingScript = defineScript(
  "pending",
  `#!lua flags=no-writes
${requireStamp}${placesLua}
local todo = redis.call('ZRANGE', KEYS[2], '(' .. ARGV[2], '+inf', 'BYSCORE', 'LIMIT', 0, ARGV[3], 'WITHSCORES')
if #todo == 0 then return todo end
local refused = redis.call('EXISTS', KEYS[4]) == 1
local answer = {}
for i = 1, #todo, 2 do
  local place = todo[i]
  local id = idOf(place)
  local entry = redis.call('XRANGE', KEYS[3], id, id)[1]
  local fields = entry and entry[2] or {'k', '', 'r', ''}
  local refusals = refused and redis.call('HGET', KEYS[4], place) or '0'
  local at = #answer
  answer[at + 1], answer[at + 2], answer[at + 3] = todo[i + 1], fields[2], fields[4]
  answer[at + 4], answer[at + 5] = refusals, place
end
return answer
`
)

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

/** Names the counters in the order in which {@link countsScript} returns them. */
const counted = ["received", "admitted", "deduped", "quarantined", "delivered", "deadLettered", "again"] as const

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
