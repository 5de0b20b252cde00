import { places } from "../event-log/places.ts"
import { readTime, requireStamp } from "../lua.ts"
import { defineScript } from "../script.ts"

/**
 * What a redrive and a replay share: the event comes to the end of the log and of the runtime's todo, and counts as received
 * and admitted again. KEYS: stamp, log, todo:runtime, counters, again, its items. How often an event was replayed and when it
 * was last redriven stands among the latter.
 */
const sendAgain = `
local function timesOf(key) return string.match(redis.call('HGET', KEYS[6], key) or '0 0', '^(%d+) (%d+)$') end
local function note(key, replays, sent)
  redis.call('HSET', KEYS[6], key, replays .. ' ' .. sent)
  redis.call('ZADD', KEYS[5], now, key)
end
local function sendAgain(key, record, asked)
  local id = redis.call('XADD', KEYS[2], '*', 'k', key, 'r', record, 's', asked)
  local position = redis.call('HINCRBY', KEYS[4], 'position', 1)
  redis.call('ZADD', KEYS[3], position, id .. asked)
  for _, name in ipairs({ 'received', 'admitted', 'again' }) do redis.call('HINCRBY', KEYS[4], name, 1) end
  redis.call('HINCRBY', KEYS[4], 'logBytes', #record)
  return id, position
end
`

/**
 * KEYS: as above, then todo:ledger, dead, its items. ARGV: deployment, ids of dead letters. Answers those that there were.
 * The event leaves its old place in the log, also for the ledger that may still wait for it there. `allow-oom`: what drains.
 */
export const redrive = defineScript(
  "redrive",
  `#!lua flags=allow-oom
${requireStamp}${readTime}${places}${sendAgain}
local done = {}
for i = 2, #ARGV do
  local letter = ARGV[i]
  local head, record = string.match(redis.call('HGET', KEYS[9], letter) or '', '^([^\\n]*)\\n(.*)$')
  if head then
    local place = string.match(head, '^%S+')
    local key = string.match(letter, '^(.-)%.r%d+$') or letter
    local replay = replayOf(place)
    local id, position = sendAgain(key, record, (replay and ':r' .. replay or ':') .. 'x')
    local old = idOf(place)
    if redis.call('ZREM', KEYS[7], old) == 1 then redis.call('ZADD', KEYS[7], position, id) end
    if redis.call('XDEL', KEYS[2], old) == 1 then redis.call('HINCRBY', KEYS[4], 'logBytes', -#record) end
    if not replay then note(key, timesOf(key), string.match(id, '^%d+')) end
    redis.call('ZREM', KEYS[8], letter)
    redis.call('HDEL', KEYS[9], letter)
    done[#done + 1] = letter
  end
end
return done
`
)

/**
 * KEYS: as above, then items of the dead letters. ARGV: deployment, ids of the log. Answers for each the number of its replay,
 * or why it was not replayed.
 */
export const replay = defineScript(
  "replay",
  `#!lua
${requireStamp}${readTime}${places}${sendAgain}
local answer = {}
for i = 2, #ARGV do
  local id = ARGV[i]
  local entry = redis.call('XRANGE', KEYS[2], id, id)[1]
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
`
)
