import { requireStamp } from "../../scripting/lua.ts"
import { placesLua } from "../../event-log/todo-entry.ts"
import { defineScript } from "../../scripting/script.ts"

/** Defines `headOf(record)`, which returns a record without its last line, the sealed one. */
export const headOfLua = `
local function headOf(record) return string.match(record, '^(.*)\\n[^\\n]*$') or '' end
`

/**
 * Defines `standingOf(place, key)`, which returns the delivery state of an event. Needs the runtime's todo in KEYS[3]
 * and the items of the dead letters in KEYS[4].
 */
export const standingOfLua = `
local function standingOf(place, key)
  if redis.call('ZSCORE', KEYS[3], place) then return 'pending' end
  return redis.call('HEXISTS', KEYS[4], key) == 1 and 'dead_lettered' or 'delivered'
end
`

/**
 * Lists a page of the events in the log, without replays.
 *
 * KEYS: stamp, log, todo:runtime, items of the dead letters.
 * ARGV: deployment, `newest` or `oldest`, lowest and highest id, limit.
 * Answer: four values an event: its id in the log, key, state, record without its last line.
 */
export const listEventsScript = defineScript(
  "list events",
  `#!lua flags=no-writes
${requireStamp}${placesLua}${headOfLua}${standingOfLua}
local newest, low, high, left = ARGV[2] == 'newest', ARGV[3], ARGV[4], tonumber(ARGV[5])
local answer, some = {}, nil
repeat
  if newest then
    some = redis.call('XREVRANGE', KEYS[2], high, low, 'COUNT', 100)
  else
    some = redis.call('XRANGE', KEYS[2], low, high, 'COUNT', 100)
  end
  for _, entry in ipairs(some) do
    local id, fields = entry[1], entry[2]
    local asked = fields[6] or ''
    if left > 0 and not replayOf(asked) then
      left = left - 1
      local at = #answer
      answer[at + 1], answer[at + 2] = id, fields[2]
      answer[at + 3], answer[at + 4] = standingOf(id .. asked, fields[2]), headOf(fields[4])
    end
    if newest then high = '(' .. id else low = '(' .. id end
  end
until left == 0 or #some < 100
return answer
`
)
