import { readTime } from "../lua.ts"
import { defineScript } from "../script.ts"
import { ownerOf } from "./owner.ts"

/**
 * What follows {@link ownerOf} where an entry is acknowledged.
 * KEYS: stamp, lease, the consumer's todo, the other consumer's todo, late, counters, refusals.
 * ARGV: deployment, epoch, position, consumer. Needs `now`.
 * An event that the sweep has passed by, and that nobody waits for any more, has its time from now on: it is late.
 */
export const acknowledging = `
redis.call('ZREM', KEYS[3], place)
if ARGV[4] == 'runtime' then
  redis.call('HDEL', KEYS[7], place)
  redis.call('HINCRBY', KEYS[6], 'delivered', 1)
end
local function before(a, b)
  local aTime, aStep = string.match(a, '(%d+)-(%d+)')
  local bTime, bStep = string.match(b, '(%d+)-(%d+)')
  if aTime ~= bTime then return tonumber(aTime) < tonumber(bTime) end
  return tonumber(aStep) < tonumber(bStep)
end
local id, swept = idOf(place), redis.call('HGET', KEYS[6], 'swept')
if swept and not before(swept, id) and redis.call('ZCOUNT', KEYS[4], ARGV[3], ARGV[3]) == 0 then
  redis.call('ZADD', KEYS[5], now, id)
end
`

/** Answers a Write. */
export const acknowledge = defineScript("acknowledge", `${ownerOf}${readTime}${acknowledging}return 'written'\n`)
