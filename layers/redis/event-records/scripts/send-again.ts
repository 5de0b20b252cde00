import { newIds, placesLua } from "../../event-log/scripts/prelude.ts"
import { readTime, requireStamp, wholeNumbers } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"

/**
 * Defines `sendAgain(key, record, asked)` for redrive and replay: appends the event to the log and to the runtime's
 * todo, and counts it as received and admitted again.
 *
 * KEYS: stamp, log, todo:runtime, counters, again, its items. An item holds the number of replays of an event, and the
 * time of its last redrive.
 */
const sendAgainLua = `
local noted = {}
local function timesOf(key)
  return string.match(noted[key] or redis.call('HGET', KEYS[6], key) or '0 0', '^(%d+) (%d+)$')
end
local function note(key, replays, sent)
  noted[key] = replays .. ' ' .. sent
  write('HSET', KEYS[6], key, noted[key])
  write('ZADD', KEYS[5], whole(now), key)
end
local names = { 'position', 'received', 'admitted', 'again', 'logBytes' }
local known = redis.call('HMGET', KEYS[4], 'position', 'received', 'admitted', 'again', 'logBytes', 'top')
if not known[1] and redis.call('EXISTS', KEYS[2]) == 1 then
  return redis.error_reply('DAMAGED the counters of a partition are gone')
end
for i = 1, 5 do known[i] = tonumber(known[i] or 0) end
local counters, nextId = { 'HSET', KEYS[4] }, nil
local function count()
  for i = 1, 5 do counters[2 * i + 1], counters[2 * i + 2] = names[i], whole(known[i]) end
end
local function sendAgain(key, record, asked)
  if not nextId then
    nextId = select(2, newIds(KEYS[2], known[6]))
    add(counters)
  end
  local id = nextId()
  for i = 1, 4 do known[i] = known[i] + 1 end
  known[5] = known[5] + #record
  count()
  counters[13], counters[14] = 'top', id
  write('XADD', KEYS[2], id, 'k', key, 'r', record, 's', asked)
  write('ZADD', KEYS[3], whole(known[1]), id .. asked)
  return id, known[1]
end
`

/**
 * Redrives dead letters.
 *
 * KEYS: stamp, log, todo:runtime, counters, again, its items, todo:ledger, dead, its items, delivered.
 * ARGV: deployment, ids of dead letters.
 * Answer: the ids of the dead letters that were there.
 *
 * The event leaves its old place in the log, and the ledger's todo too, if the ledger still waits for it there. The
 * script drains, so it is `allow-oom`.
 */
export const redriveScript = defineScript(
  "redrive",
  `#!lua flags=allow-oom
${requireStamp}${readTime}${wholeNumbers}${newIds}${placesLua}${sendAgainLua}
local done, seen = {}, {}
for i = 2, #ARGV do
  local letter = ARGV[i]
  local item = not seen[letter] and redis.call('HGET', KEYS[9], letter) or ''
  seen[letter] = true
  local head, record = string.match(item, '^([^\\n]*)\\n(.*)$')
  if head then
    local place = string.match(head, '^%S+')
    local key = string.match(letter, '^(.-)%.r%d+$') or letter
    local replay = replayOf(place)
    local id, position = sendAgain(key, record, (replay and ':r' .. replay or ':') .. 'x')
    local old = idOf(place)
    if redis.call('ZSCORE', KEYS[7], old) then
      write('ZADD', KEYS[7], whole(position), id)
      write('ZREM', KEYS[7], old)
    end
    for _, key in ipairs({ KEYS[2], KEYS[10] }) do
      if redis.call('XRANGE', key, old, old)[1] then
        known[5] = known[5] - #record
        count()
        write('XDEL', key, old)
      end
    end
    if not replay then note(key, timesOf(key), string.match(id, '^%d+')) end
    write('ZREM', KEYS[8], letter)
    write('HDEL', KEYS[9], letter)
    done[#done + 1] = letter
  end
end
return done
`,
  { begins: true }
)

/**
 * Replays events.
 *
 * KEYS: stamp, log, todo:runtime, counters, again, its items, items of the dead letters, delivered.
 * ARGV: deployment, ids of the log.
 * Answer: for each id the number of the replay, or why the event was not replayed: `absent`, `pending` or
 * `dead_lettered`.
 */
export const replayScript = defineScript(
  "replay",
  `#!lua
${requireStamp}${readTime}${wholeNumbers}${newIds}${placesLua}${sendAgainLua}
local answer = {}
for i = 2, #ARGV do
  local id = ARGV[i]
  local entry = redis.call('XRANGE', KEYS[2], id, id)[1] or redis.call('XRANGE', KEYS[8], id, id)[1]
  local fields = entry and entry[2] or {}
  local key, asked = fields[2], fields[6] or ''
  if not key or replayOf(asked) then
    answer[i - 1] = 'absent'
  elseif redis.call('ZSCORE', KEYS[3], id .. asked) then
    answer[i - 1] = 'pending'
  elseif redis.call('HEXISTS', KEYS[7], key) == 1 then
    answer[i - 1] = 'dead_lettered'
  else
    local replays, sent = timesOf(key)
    local number = string.format('%.0f', replays + 1)
    sendAgain(key, fields[4], ':r' .. number)
    note(key, number, sent)
    answer[i - 1] = number
  end
end
return answer
`,
  { begins: true }
)
