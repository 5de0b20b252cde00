import { defineScript } from "../../scripting/script.ts"
import { intentPrelude, judgeLua, receiptLua, statusLua } from "./prelude.ts"

/**
 * Applies evidence about an attempt.
 *
 * KEYS: stamp, record, tombstone, tokens, lists by state, list of provable intents, receipt when there is one.
 * ARGV: deployment, intent id, milliseconds that the record and the tombstone stay, attempt, status, sealed receipt or
 * an empty text, failure or an empty text, text for the timeline.
 * Answer: nil when the intent is unknown, `other_attempt`, or the time, the record and the state before.
 *
 * The timeline holds a status once for each attempt. A proof of an earlier attempt contradicts the failure that was
 * written for it.
 */
export const evidenceScript = defineScript(
  "evidence of intent",
  `#!lua flags=allow-oom
${intentPrelude}${judgeLua}${statusLua}${receiptLua}
local held = redis.call('HMGET', KEYS[2], 'state', 'attempt', 'verdict', 'proven', 'refused', 'delivery', 'reported', 'receipt', 'timeline')
local state, attempt, verdict, proven, refused, delivery, reported, receipt, timeline = unpack(held, 1, 9)
if not state then return false end
if ARGV[6] ~= 'failed' then mark() end
local what = ARGV[9]
if not string.find(timeline or '', ' ' .. ARGV[5] .. ' ' .. what .. ';', 1, true) then
  timeline = noted(timeline, ARGV[5], what)
end
if attempt ~= ARGV[5] then
  if ARGV[6] == 'failed' or tonumber(ARGV[5]) > tonumber(attempt) then
    write('HSET', KEYS[2], 'timeline', timeline)
    return 'other_attempt'
  end
  contradict()
  local after = stateOf(verdict, proven, refused)
  store({}, state, after, timeline, attempt)
  if after ~= 'disputed' or state == 'disputed' then return 'other_attempt' end
  return { now, record(), state }
end
local changed = { 'delivery', forward(delivery, ARGV[6]) }
local function set(field, value)
  changed[#changed + 1] = field
  changed[#changed + 1] = value
end
if ARGV[6] == 'failed' then
  refused = '1'
  set('refused', refused)
  if ARGV[8] ~= '' then set('reported', graver(reported, ARGV[8])) end
else
  proven = '1'
  set('proven', proven)
end
if ARGV[7] ~= '' and (not receipt or receipt == '') then set('receipt', ARGV[7]) end
store(changed, state, stateOf(verdict, proven, refused), timeline, attempt)
return { now, record(), state }
`
)

/**
 * Resolves a doubt or a dispute by an operator's verdict.
 *
 * KEYS: stamp, record, tombstone, tokens, lists by state.
 * ARGV: deployment, intent id, milliseconds that the record and the tombstone stay, verdict, attempt or an empty text,
 * milliseconds after the deadline before `not_sent` is accepted, failure of a doubt and failure of a dispute that was
 * not sent.
 * Answer: nil, `expired`, or a tag (`Resolved`, `NotOpen`, `TooEarly`), the time, the record and the state before.
 */
export const resolveScript = defineScript(
  "resolve intent",
  `#!lua flags=allow-oom
${intentPrelude}${judgeLua}
local held = redis.call('HMGET', KEYS[2], 'state', 'attempt', 'deadline', 'timeline')
local state, attempt, deadline, timeline = unpack(held, 1, 4)
if not state then return redis.call('EXISTS', KEYS[3]) == 1 and 'expired' or false end
local doubted = state == 'in_doubt' or (state == 'claimed' and now >= tonumber(deadline))
if not doubted and state ~= 'disputed' or (ARGV[6] ~= '' and ARGV[6] ~= attempt) then
  return { 'NotOpen', now, record(), state }
end
if ARGV[5] == 'not_sent' and now < tonumber(deadline or 0) + ARGV[7] then return { 'TooEarly', now, record(), state } end
write('HDEL', KEYS[2], 'proven', 'refused', 'contradicted', 'failure', 'reported')
local verdict = ARGV[5] == 'sent' and 'sent' or 'failed'
local changed = { 'verdict', verdict, 'judged', '1' }
if verdict == 'failed' then
  changed[5], changed[6] = 'failure', doubted and ARGV[8] or ARGV[9]
end
store(changed, state, verdict, noted(timeline, attempt, 'resolved:' .. ARGV[5]), attempt)
return { 'Resolved', now, record(), doubted and 'in_doubt' or state }
`
)
