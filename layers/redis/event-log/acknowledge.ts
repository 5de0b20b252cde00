import { readTime } from "../lua.ts"
import { defineScript } from "../script.ts"
import { ownerOf } from "./owner.ts"

/**
 * What follows {@link ownerOf} where an entry is acknowledged.
 * KEYS: stamp, lease, the consumer's todo, the other consumer's todo, log, counters, refusals.
 * ARGV: deployment, epoch, position, consumer, milliseconds that a delivered event stays. Answers a Write.
 * Then takes away a few old entries that no consumer waits for: below everything in a todo, and nothing else (G31).
 */
export const acknowledging = `
redis.call('ZREM', KEYS[3], id)
if ARGV[4] == 'runtime' then
  redis.call('HDEL', KEYS[7], id)
  redis.call('HINCRBY', KEYS[6], 'delivered', 1)
end
${readTime}
local function before(a, b)
  local aTime, aStep = string.match(a, '(%d+)-(%d+)')
  local bTime, bStep = string.match(b, '(%d+)-(%d+)')
  if aTime ~= bTime then return tonumber(aTime) < tonumber(bTime) end
  return tonumber(aStep) < tonumber(bStep)
end
local edge = string.format('%.0f-0', math.max(0, now - tonumber(ARGV[5])))
for i = 3, 4 do
  local oldest = redis.call('ZRANGE', KEYS[i], 0, 0)[1]
  if oldest and before(oldest, edge) then edge = oldest end
end
redis.call('XTRIM', KEYS[5], 'MINID', '~', edge, 'LIMIT', 200)
`

export const acknowledge = defineScript("acknowledge", `${ownerOf}${acknowledging}return 'written'\n`)
