import { readTime, requireEpoch, requireStamp } from "../lua.ts"
import { defineScript } from "../script.ts"
import { places } from "./places.ts"

/**
 * Defines `letGo(id, position, other, late, counters)`, three keys: an event that the sweep has passed by, and that nobody
 * waits for any more, has its time from now on: it is late. Needs `now`.
 */
export const lettingGo = `
local function before(a, b)
  local aTime, aStep = string.match(a, '(%d+)-(%d+)')
  local bTime, bStep = string.match(b, '(%d+)-(%d+)')
  if aTime ~= bTime then return tonumber(aTime) < tonumber(bTime) end
  return tonumber(aStep) < tonumber(bStep)
end
local function letGo(id, position, other, late, counters)
  local swept = redis.call('HGET', counters, 'swept')
  if swept and not before(swept, id) and redis.call('ZCOUNT', other, position, position) == 0 then
    redis.call('ZADD', late, now, id)
  end
end
`

/**
 * Defines `acknowledge(place, position, consumer)`.
 * KEYS: stamp, lease, the consumer's todo, the other consumer's todo, late, counters, refusals. Needs `now`.
 */
export const acknowledging = `${lettingGo}
local function acknowledge(place, position, consumer)
  redis.call('ZREM', KEYS[3], place)
  if consumer == 'runtime' then
    redis.call('HDEL', KEYS[7], place)
    redis.call('HINCRBY', KEYS[6], 'delivered', 1)
  end
  letGo(idOf(place), position, KEYS[4], KEYS[5], KEYS[6])
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
local answer = {}
for i = 4, #ARGV do
  local place = redis.call('ZRANGE', KEYS[3], ARGV[i], ARGV[i], 'BYSCORE', 'LIMIT', 0, 1)[1]
  if place then acknowledge(place, ARGV[i], ARGV[3]) end
  answer[#answer + 1] = place and 'w' or 'a'
end
return table.concat(answer)
`
)
