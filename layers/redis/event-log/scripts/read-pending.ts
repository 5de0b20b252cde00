import { requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"
import { placesLua } from "../places.ts"

/**
 * KEYS: stamp, the consumer's todo, log, refusals. ARGV: deployment, position after which, limit.
 * Answers five an entry, oldest first: position, key, record, refusals, place. A record that is gone is empty, so that
 * whoever reads it parks it: nothing is passed over in silence.
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
