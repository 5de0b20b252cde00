import { defineScript } from "../../scripting/script.ts"
import { judgeLua, intentPrelude } from "./prelude.ts"

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
