import { readMarksLua } from "../../marks/marks-lua.ts"
import { beforeLua, placesLua } from "../../event-log/scripts/prelude.ts"
import { readTime, requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"

/** Defines `headOf(record)`, which returns a record without its last line, the sealed one. */
export const headOfLua = `
local function headOf(record) return string.match(record, '^(.*)\\n[^\\n]*$') or '' end
`

/**
 * Defines `standingOf(place, key)`, which returns the delivery state of an event. Needs the runtime's todo in KEYS[3]
 * and the items of the dead letters in KEYS[4].
 */
const deliveryStateLua = `
local function standingOf(place, key)
  if redis.call('ZSCORE', KEYS[3], place) then return 'pending' end
  return redis.call('HEXISTS', KEYS[4], key) == 1 and 'dead_lettered' or 'delivered'
end
`

/**
 * Lists a page of the events in the log, without replays.
 *
 * KEYS: stamp, log, todo:runtime, items of the dead letters, delivered.
 * ARGV: deployment, `newest` or `oldest`, lowest and highest id, limit.
 * Answer: four values an event: its id in the log, key, state, record without its last line.
 */
export const listEventsScript = defineScript(
  "list events",
  `#!lua flags=no-writes
${requireStamp}${placesLua}${headOfLua}${deliveryStateLua}${beforeLua}
local newest, low, high, left = ARGV[2] == 'newest', ARGV[3], ARGV[4], tonumber(ARGV[5])
local answer, some = {}, nil
local function page(key)
  if newest then return redis.call('XREVRANGE', key, high, low, 'COUNT', 100) end
  return redis.call('XRANGE', key, low, high, 'COUNT', 100)
end
local function merged(one, other)
  local all, a, b = {}, 1, 1
  while #all < 100 and (one[a] or other[b]) do
    if one[a] and (not other[b] or before(one[a][1], other[b][1]) ~= newest) then
      all[#all + 1], a = one[a], a + 1
    else
      all[#all + 1], b = other[b], b + 1
    end
  end
  return all
end
repeat
  some = merged(page(KEYS[2]), page(KEYS[5]))
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

/**
 * Finds an event by the time in its dedupe mark, or by the time of its last redrive. It searches no further, so an
 * event is found as long as its mark is kept.
 *
 * KEYS: stamp, log, todo:runtime, items of the dead letters, items of redriven and replayed events, counters, the
 * bucket of the mark in the present generation, the bucket in the previous one, delivered.
 * ARGV: deployment, the table of marks that KEYS was made for (generation, buckets, buckets before), width of a
 * generation in milliseconds, mark, key.
 * Answer: id in the log, state, record, number of replays, time. The id is empty when only the dead letter is left. The
 * answer is the word `remembered` alone when only the mark is left, an empty list when there is no event, and the present
 * table as one text when KEYS does not fit it.
 */
export const findEventScript = defineScript(
  "find event",
  `#!lua flags=no-writes
${requireStamp}${readTime}${readMarksLua}${placesLua}${deliveryStateLua}
local mark, key = ARGV[6], ARGV[7]
local t = readTable(KEYS[6], ARGV[5])
if not isFor(t, ARGV[2], ARGV[3], ARGV[4], addressOf(mark)) then return ' ' .. tableText(t) end

local replays, sent = string.match(redis.call('HGET', KEYS[5], key) or '0 0', '^(%d+) (%d+)$')
local function searchIn(stream, from, to)
  local low = string.format('%.0f', from)
  repeat
    local some = redis.call('XRANGE', stream, low, string.format('%.0f', to), 'COUNT', 100)
    for _, entry in ipairs(some) do
      local id, fields = entry[1], entry[2]
      local asked = fields[6] or ''
      if fields[2] == key and not replayOf(asked) then
        return { id, standingOf(id .. asked, key), fields[4], replays, string.match(id, '^%d+') }
      end
      low = '(' .. id
    end
  until #some < 100
end
local function search(from, to) return searchIn(KEYS[2], from, to) or searchIn(KEYS[9], from, to) end
local found = sent ~= '0' and search(tonumber(sent), tonumber(sent))
local from = not found and findMark(t, mark, KEYS[7], KEYS[8])
-- A mark that was taken over from the generation before may say a unit or so too little.
if from then found = search(from, from + 4 * math.max(t.unit, t.unitBefore)) end
if found then return found end
local letter = redis.call('HGET', KEYS[4], key)
if letter then
  return { '', 'dead_lettered', string.match(letter, '\\n(.*)$') or '', replays, string.match(letter, '^%d+') }
end
return findMark(t, mark, KEYS[7], KEYS[8]) and { 'remembered' } or {}
`
)
