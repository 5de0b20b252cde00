import { readTime, requireEpoch, requireStamp, requireStampOf, wholeNumbers } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"
import { letGoLua, placesLua } from "./prelude.ts"

/** Number of keys in one part of {@link acknowledgeScript}. The other consumer is the one that does not acknowledge. */
const partKeys = 7

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

/**
 * Begins every script of an owner and finds the entry. Returns `absent` when the consumer is done with the event;
 * otherwise `place` is the entry in its todo.
 *
 * KEYS: stamp, lease, then the todo of the consumer.
 * ARGV: deployment, epoch, position.
 *
 * All these scripts drain, so they are `allow-oom` (G6).
 */
export const ownerOf = `#!lua flags=allow-oom
${requireStamp}${requireEpoch}${placesLua}
local place = redis.call('ZRANGE', KEYS[3], ARGV[3], ARGV[3], 'BYSCORE', 'LIMIT', 0, 1)[1]
if not place then return 'absent' end
`

/**
 * Stores how often the runtime has refused an event.
 *
 * KEYS: stamp, lease, todo:runtime, refusals.
 * ARGV: deployment, epoch, position, count.
 * Answer: the refusals so far, `stale` or `absent`.
 */
export const refuseScript = defineScript(
  "refuse",
  `${ownerOf}
local count = math.max(tonumber(redis.call('HGET', KEYS[4], place) or 0), tonumber(ARGV[4]))
write('HSET', KEYS[4], place, count)
return count
`
)

/**
 * Moves an event to the dead letters.
 *
 * KEYS: stamp, lease, todo:runtime, log, dead, its items, counters, refusals, todo:ledger, late.
 * ARGV: deployment, epoch, position, reason.
 * Answer: a `Write`.
 *
 * The dead letter holds the whole record, so that it may outlive the entry of the log: a line of place, refusals and
 * reason, then the record. Its id is the id of the event, with the number of the replay when there is one.
 */
export const deadLetterScript = defineScript(
  "dead-letter",
  `${ownerOf}${readTime}${wholeNumbers}${letGoLua}
local id = idOf(place)
local entry = redis.call('XRANGE', KEYS[4], id, id)[1]
local fields = entry and entry[2] or {'k', 'gone.' .. id, 'r', ''}
local replay = replayOf(place)
local letter = fields[2] .. (replay and '.r' .. replay or '')
local refusals = redis.call('HGET', KEYS[8], place) or '0'
write('HSET', KEYS[6], letter, place .. ' ' .. refusals .. ' ' .. ARGV[4] .. '\\n' .. fields[4])
write('ZADD', KEYS[5], whole(now), letter)
write('ZREM', KEYS[3], place)
write('HDEL', KEYS[8], place)
local swept, deadLettered = unpack(redis.call('HMGET', KEYS[7], 'swept', 'deadLettered'))
write('HSET', KEYS[7], 'deadLettered', whole((deadLettered or 0) + 1))
letGo(id, ARGV[3], KEYS[9], KEYS[10], swept)
return 'written'
`
)
