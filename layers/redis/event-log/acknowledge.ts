import { readTime, requireEpoch, requireStamp } from "../lua.ts"
import { defineScript } from "../script.ts"
import { places } from "./places.ts"

/**
 * Defines `letGo(id, position, other, late, swept)`, two keys and how far the sweep has come: an event that it has passed by,
 * and that nobody waits for any more, has its time from now on: it is late. Needs `now`.
 */
export const lettingGo = `
local function before(a, b)
  local aTime, aStep = string.match(a, '(%d+)-(%d+)')
  local bTime, bStep = string.match(b, '(%d+)-(%d+)')
  if aTime ~= bTime then return tonumber(aTime) < tonumber(bTime) end
  return tonumber(aStep) < tonumber(bStep)
end
local function letGo(id, position, other, late, swept)
  if swept and not before(swept, id) and redis.call('ZCOUNT', other, position, position) == 0 then
    redis.call('ZADD', late, now, id)
  end
end
`

/**
 * Defines `acknowledge(gone, positions, consumer)`: places that have left the todo, not none, and the position of each.
 * KEYS: stamp, lease, the consumer's todo, the other consumer's todo, late, counters, refusals. Needs `now`.
 */
export const acknowledging = `${lettingGo}
local function acknowledge(gone, positions, consumer)
  if consumer == 'runtime' then
    redis.call('HDEL', KEYS[7], unpack(gone))
    redis.call('HINCRBY', KEYS[6], 'delivered', #gone)
  end
  local swept = redis.call('HGET', KEYS[6], 'swept')
  for i = 1, #gone do letGo(idOf(gone[i]), positions[i], KEYS[4], KEYS[5], swept) end
end
`

/**
 * KEYS: those of {@link acknowledging}. ARGV: deployment, epoch, consumer, positions. Answers a letter a position, `w` for
 * written and `a` for absent, or `stale`. It drains: `allow-oom` (G6).
 */
export const acknowledge = defineScript(
  "acknowledge",
  `#!lua flags=allow-oom
${requireStamp}${requireEpoch}${places}${readTime}${acknowledging}
local answer, gone, positions = {}, {}, {}
for i = 4, #ARGV do
  local place = redis.call('ZRANGE', KEYS[3], ARGV[i], ARGV[i], 'BYSCORE', 'LIMIT', 0, 1)[1]
  if place then
    redis.call('ZREM', KEYS[3], place)
    gone[#gone + 1], positions[#positions + 1] = place, ARGV[i]
  end
  answer[#answer + 1] = place and 'w' or 'a'
end
if #gone > 0 then acknowledge(gone, positions, ARGV[3]) end
return table.concat(answer)
`
)
