import { readTime, requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"

/**
 * KEYS: stamp, list of the state, list of claimed. ARGV: deployment, state, how many, and where the page before ended:
 * time and intent id, or nothing. Answers ids and times by turns; a claim past its deadline stands among the doubts.
 */
export const pageScript = defineScript(
  "list intents",
  `#!lua flags=no-writes
${requireStamp}${readTime}
local many, lastAt, lastId = tonumber(ARGV[3]), ARGV[4], ARGV[5]
local found = {}

local function take(list, highest, lowest)
  local skip, taken, some = 0, 0, nil
  repeat
    some = redis.call('ZRANGE', list, highest, lowest, 'BYSCORE', 'REV', 'LIMIT', skip, many, 'WITHSCORES')
    for i = 1, #some, 2 do
      if some[i + 1] ~= lastAt or some[i] < lastId then
        taken = taken + 1
        found[#found + 1] = some[i]
        found[#found + 1] = some[i + 1]
      end
    end
    skip = skip + many
  until taken >= many or #some < 2 * many
end

local highest = lastAt == '' and '+inf' or lastAt
if ARGV[2] == 'claimed' then
  take(KEYS[2], highest, '(' .. string.format('%.0f', now))
else
  take(KEYS[2], highest, '-inf')
end
if ARGV[2] == 'in_doubt' then take(KEYS[3], math.min(tonumber(lastAt) or now, now), '-inf') end
return found
`
)

/** Defines `endedElsewhere(list, record)`: the record is in a final state, and the list is of another one. */
const ending = `
local final = { sent = true, failed = true, disputed = true }
local function endedElsewhere(list, record)
  local state = redis.call('HGET', record, 'state')
  return not state or (final[state] and string.match(list, ':([%a_]+)$') ~= state)
end
`

/**
 * KEYS: stamp, an open list, records. ARGV: deployment, intent ids. Removes from the list what has ended; answers how many.
 */
export const tidyScript = defineScript(
  "tidy intents",
  `#!lua flags=allow-oom
${requireStamp}${ending}
local gone = {}
for i = 3, #KEYS do
  if endedElsewhere(KEYS[2], KEYS[i]) then gone[#gone + 1] = ARGV[i - 1] end
end
if #gone > 0 then write('ZREM', KEYS[2], unpack(gone)) end
return #gone
`
)

/** KEYS: stamp, an open list. ARGV: deployment, how many. Answers the ids that have stood there longest. */
export const firstScript = defineScript(
  "first intents",
  `#!lua flags=no-writes
${requireStamp}
return redis.call('ZRANGE', KEYS[2], 0, ARGV[2] - 1)
`
)

/**
 * KEYS: stamp, list of the state, records. ARGV: deployment, intent ids. Answers the time and each record; the list loses
 * those that are gone, and an open list those that have ended.
 */
export const collectScript = defineScript(
  "read intents",
  `#!lua flags=allow-oom
${requireStamp}${readTime}
local answer = { now }
${ending}
for i = 3, #KEYS do
  local record = redis.call('HGETALL', KEYS[i])
  if #record == 0 or endedElsewhere(KEYS[2], KEYS[i]) then write('ZREM', KEYS[2], ARGV[i - 1]) end
  answer[#answer + 1] = record
end
return answer
`
)

/**
 * KEYS: stamp, lists. ARGV: deployment, milliseconds after which one counts no more. Answers how many milliseconds ago the
 * oldest of the others began.
 */
export const oldestScript = defineScript(
  "oldest intent",
  `#!lua flags=no-writes
${requireStamp}${readTime}
local since = now
for i = 2, #KEYS do
  local first = redis.call('ZRANGE', KEYS[i], '(' .. string.format('%.0f', now - ARGV[2]), '+inf', 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')
  if first[2] then since = math.min(since, tonumber(first[2])) end
end
return now - since
`
)
