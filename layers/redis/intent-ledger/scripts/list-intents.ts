import { readTime, requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"
import { pageLua } from "./read-intents.ts"

/**
 * Lists a page of the intents of one state, newest first. A claim past its deadline is listed among the doubts.
 *
 * KEYS: stamp, list of the state, list of claimed.
 * ARGV: deployment, state, limit, and the time and the intent id at which the previous page ended, or empty texts.
 * Answer: ids and times in turn.
 */
export const pageScript = defineScript(
  "list intents",
  `#!lua flags=no-writes
${requireStamp}${readTime}${pageLua}
local lastAt, found = ARGV[4], {}
local function take(list, highest, lowest)
  return page(found, list, highest, lowest, tonumber(ARGV[3]), lastAt, ARGV[5], true)
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

/**
 * Defines `endedElsewhere(list, record)`, which returns true when the record is gone, or is in a final state other than
 * the one of the list.
 */
const endedElsewhereLua = `
local final = { sent = true, failed = true, disputed = true }
local function endedElsewhere(list, record)
  local state = redis.call('HGET', record, 'state')
  return not state or (final[state] and string.match(list, ':([%a_]+)$') ~= state)
end
`

/**
 * Removes settled intents from an open list.
 *
 * KEYS: stamp, open list, records.
 * ARGV: deployment, intent ids.
 * Answer: the number of intents that were removed.
 */
export const tidyScript = defineScript(
  "tidy intents",
  `#!lua flags=allow-oom
${requireStamp}${endedElsewhereLua}
local gone = {}
for i = 3, #KEYS do
  if endedElsewhere(KEYS[2], KEYS[i]) then gone[#gone + 1] = ARGV[i - 1] end
end
if #gone > 0 then write('ZREM', KEYS[2], unpack(gone)) end
return #gone
`
)

/**
 * Reads the oldest entries of an open list.
 *
 * KEYS: stamp, open list.
 * ARGV: deployment, limit.
 * Answer: intent ids, oldest first.
 */
export const firstScript = defineScript(
  "first intents",
  `#!lua flags=no-writes
${requireStamp}
return redis.call('ZRANGE', KEYS[2], 0, ARGV[2] - 1)
`
)

/**
 * Reads the records of a list's intents, and removes from the list the ids without a record and those of settled
 * intents.
 *
 * KEYS: stamp, list of the state, records.
 * ARGV: deployment, intent ids.
 * Answer: the time and each record.
 */
export const collectScript = defineScript(
  "read intents",
  `#!lua flags=allow-oom
${requireStamp}${readTime}
local answer = { now }
${endedElsewhereLua}
for i = 3, #KEYS do
  local record = redis.call('HGETALL', KEYS[i])
  if #record == 0 or endedElsewhere(KEYS[2], KEYS[i]) then write('ZREM', KEYS[2], ARGV[i - 1]) end
  answer[#answer + 1] = record
end
return answer
`
)

/**
 * Reads the age of the oldest intent.
 *
 * KEYS: stamp, lists.
 * ARGV: deployment, milliseconds after which an intent is not counted.
 * Answer: the age in milliseconds, or 0 when there is none.
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
