import { defineScript } from "../../scripting/script.ts"
import { denyLua, intentPrelude, judgeLua, receiptLua } from "./prelude.ts"

/**
 * Settles an attempt.
 *
 * KEYS: stamp, record, tombstone, tokens, lists by state, list of provable intents, receipt when there is one.
 * ARGV: deployment, intent id, milliseconds that the record and the tombstone stay, attempt, token, verdict, sealed
 * receipt or an empty text, failure or an empty text, timeline as the claim left it or an empty text.
 * Answer: nil when the claim is another's; the time alone when nothing but this settle has happened since the claim;
 * otherwise the time and the record.
 *
 * The first verdict stands. After another verdict, `sent` still counts as a proof. After an operator's `sent`, a call
 * that certainly did nothing counts against it, and a call that sent adds the receipt if there is none. When an earlier
 * attempt was sent after all, that contradicts the failure that was written for it.
 */
export const settleScript = defineScript(
  "settle intent",
  `#!lua flags=allow-oom
${intentPrelude}${judgeLua}${denyLua}${receiptLua}
local held = redis.call('HMGET', KEYS[2], 'state', 'attempt', 'token', 'verdict', 'proven', 'refused', 'receipt', 'timeline')
local state, attempt, token, verdict, proven, refused, receipt, timeline = unpack(held, 1, 8)
read[KEYS[2]] = 'hash'
if not state then return false end
if ARGV[7] == 'sent' then mark() end
if attempt ~= ARGV[5] or token ~= ARGV[6] then
  if redis.call('HGET', KEYS[4], ARGV[6]) ~= ARGV[5] then return false end
  if ARGV[7] == 'sent' and redis.call('HEXISTS', KEYS[2], 'contradicted') == 0 then
    contradict()
    store({}, state, stateOf(verdict, proven, refused), noted(timeline, ARGV[5], 'sent'), attempt)
  end
  return { now, record() }
end
local changed = {}
if not verdict then
  verdict = ARGV[7]
  changed = { 'verdict', verdict }
elseif ARGV[7] == 'sent' and verdict ~= 'sent' and not proven then
  proven = '1'
  changed = { 'proven', proven }
else
  if ARGV[7] == 'failed' or ARGV[7] == 'accepted' then
    deny(state, verdict, refused, timeline, attempt, ARGV[7])
  elseif ARGV[8] ~= '' and (receipt or '') == '' and redis.call('HEXISTS', KEYS[2], 'judged') == 1 then
    store({ 'receipt', ARGV[8] }, state, state, noted(timeline, attempt, 'sent'), attempt)
  end
  return { now, record() }
end
if ARGV[7] ~= 'sent' then
  changed[3], changed[4] = 'failure', ARGV[9]
elseif ARGV[8] ~= '' or not receipt then
  changed[3], changed[4] = 'receipt', ARGV[8]
end
local after = stateOf(verdict, proven, refused)
store(changed, state, after, noted(timeline, attempt, ARGV[7]), attempt)
if timeline == ARGV[10] and after == ARGV[7] then return now end
return { now, record() }
`
)

/**
 * Releases a claim. A token that has settled is left alone; any other token can never claim again.
 *
 * KEYS: stamp, record, tombstone, tokens, lists by state.
 * ARGV: deployment, intent id, milliseconds that the record and the tombstone stay, token, failure, milliseconds that
 * tokens stay.
 * Answer: 0 when the token has settled, 2 when there is no record, otherwise 1.
 */
export const releaseScript = defineScript(
  "release intent",
  `#!lua flags=allow-oom
${intentPrelude}${judgeLua}${denyLua}
local held = redis.call('HMGET', KEYS[2], 'state', 'attempt', 'token', 'verdict', 'proven', 'refused', 'timeline')
local state, attempt, token, verdict, proven, refused, timeline = unpack(held, 1, 7)
if token == ARGV[5] then
  if verdict then
    deny(state, verdict, refused, timeline, attempt, 'released')
    return 0
  end
  verdict = redis.call('HEXISTS', KEYS[2], 'lane') == 1 and 'accepted' or 'failed'
  local after = stateOf(verdict, proven, refused)
  store({ 'verdict', verdict, 'failure', ARGV[6] }, state, after, noted(timeline, attempt, 'released'), attempt)
end
write('HSETNX', KEYS[4], ARGV[5], 'released')
write('PEXPIRE', KEYS[4], ARGV[7])
return state and 1 or 2
`
)
