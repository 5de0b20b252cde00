import { requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"
import { placesLua } from "../todo-entry.ts"

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
