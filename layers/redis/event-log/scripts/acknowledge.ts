import { readTime, requireStamp, requireStampOf, wholeNumbers } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"
import { placesLua } from "../todo-entry.ts"

/**
 * Defines `letGo(id, position, other, late, swept)`, which adds to `late` an event that no consumer waits for and that
 * the sweep has passed already. Its retention begins then.
 *
 * `other` and `late` are two keys; `swept` is the last id that the sweep has passed. Needs `now` and `whole`.
 */
export const letGoLua = `
local function before(a, b)
  local aTime, aStep = string.match(a, '(%d+)-(%d+)')
  local bTime, bStep = string.match(b, '(%d+)-(%d+)')
  if aTime ~= bTime then return tonumber(aTime) < tonumber(bTime) end
  return tonumber(aStep) < tonumber(bStep)
end
local function letGo(id, position, other, late, swept)
  if swept and not before(swept, id) and redis.call('ZCOUNT', other, position, position) == 0 then
    write('ZADD', late, whole(now), id)
  end
end
`

/** Number of keys in one part of {@link acknowledgeScript}. The other consumer is the one that does not acknowledge. */
export const partKeys = 7

/**
 * Defines `acknowledge(gone, positions, consumer, key)`, which counts the delivered events and lets go of them.
 *
 * `gone` holds the places that have left the todo, at least one, and `positions` the position of each. `key` is the
 * number of KEYS before stamp, lease, the consumer's todo, the other consumer's todo, late, counters, refusals. Needs
 * `now`.
 */
export const acknowledgeLua = `${wholeNumbers}${letGoLua}
local function acknowledge(gone, positions, consumer, key)
  local swept, delivered = unpack(redis.call('HMGET', KEYS[key + 6], 'swept', 'delivered'))
  if consumer == 'runtime' then
    write('HSET', KEYS[key + 6], 'delivered', whole((delivered or 0) + #gone))
    write('HDEL', KEYS[key + 7], unpack(gone))
  end
  for i = 1, #gone do letGo(idOf(gone[i]), positions[i], KEYS[key + 4], KEYS[key + 5], swept) end
end
`

/**
 * Acknowledges events for the owners of several partitions that share a slot or a server.
 *
 * KEYS: for each part the keys of {@link acknowledgeLua}.
 * ARGV: deployment, consumer, then for each part the epoch of its owner, the number of positions, and the positions.
 * Answer: a letter a position: `w` written, `a` absent, `s` stale, when the partition has another owner (G30).
 *
 * The script drains, so it is `allow-oom` (G6).
 */
export const acknowledgeScript = defineScript(
  "acknowledge",
  `#!lua flags=allow-oom
${requireStamp}
for at = ${partKeys + 1}, #KEYS, ${partKeys} do
${requireStampOf("KEYS[at]")}
end
${placesLua}${readTime}${acknowledgeLua}
local answer = {}
local key, arg = 0, 3
while arg < #ARGV do
  local owns = redis.call('HGET', KEYS[key + 2], 'epoch') == ARGV[arg]
  local last = arg + 1 + ARGV[arg + 1]
  local gone, positions, seen = {}, {}, {}
  for i = arg + 2, last do
    local place = owns and not seen[ARGV[i]]
      and redis.call('ZRANGE', KEYS[key + 3], ARGV[i], ARGV[i], 'BYSCORE', 'LIMIT', 0, 1)[1]
    seen[ARGV[i]] = true
    if place then
      write('ZREM', KEYS[key + 3], place)
      gone[#gone + 1], positions[#positions + 1] = place, ARGV[i]
    end
    answer[#answer + 1] = place and 'w' or owns and 'a' or 's'
  end
  if #gone > 0 then acknowledge(gone, positions, ARGV[2], key) end
  key, arg = key + ${partKeys}, last + 1
end
return table.concat(answer)
`
)
