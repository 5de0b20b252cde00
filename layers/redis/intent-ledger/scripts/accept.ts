import { recordFormat } from "../../../../src/deployment/deployment.ts"
import { defineScript } from "../../scripting/script.ts"
import { findTombstoneLua } from "./archive.ts"
import { judgeLua, intentPrelude } from "./prelude.ts"

/**
 * Accepts an intent.
 *
 * KEYS: stamp, record, tombstone, tokens, lists of accepted and of failed, archive, the two buckets of its tombstone.
 * ARGV: deployment, intent id, token, content, connector, account, capability, protection, correlation id, milliseconds
 * that tokens stay, lane, sealed request, 1 when the store is nearly full, mark, table of tombstones, milliseconds that
 * a tombstone stays.
 * Answer: `Expired`, `archived`, the present table of tombstones as a text when KEYS do not fit it, or a tag (`Accepted`, `Held`, `OtherContent`), the time and the record.
 *
 * The record is written before its entry in the list of accepted intents (G24). A full store accepts nothing (G6).
 */
export const acceptScript = defineScript(
  "accept intent",
  `${intentPrelude}
local held = redis.call('HMGET', KEYS[2], 'state', 'content', 'token', 'attempt', 'timeline', 'failure', 'reported')
local state, content, token, attempt, timeline = unpack(held, 1, 5)

local function begin(attempt, timeline, ...)
  write('HSET', KEYS[2], 'state', 'accepted', 'verdict', 'accepted', 'attempt', attempt, 'token', ARGV[3],
    'accepted', at, 'connector', ARGV[5], 'account', ARGV[6], 'capability', ARGV[7], 'protection', ARGV[8],
    'correlation', ARGV[9], 'lane', ARGV[11], 'request', ARGV[12], 'timeline', noted(timeline, attempt, 'accepted'), ...)
  write('ZADD', KEYS[5], at, ARGV[2])
end

if not state then
  if redis.call('EXISTS', KEYS[3]) == 1 then return { 'Expired' } end
  ${findTombstoneLua}
  local from, unit = findTombstone(7, ARGV[14], ARGV[15], ARGV[16])
  if from then return unit and 'archived' or from end
  if ARGV[13] == '1' then return nearlyFull end
  begin(0, nil, 'v', ${recordFormat}, 'content', ARGV[4], 'created', at)
  return { 'Accepted', now, record() }
end
if content ~= ARGV[4] then return { 'OtherContent', now, record() } end
if state == 'accepted' and token == ARGV[3] then return { 'Accepted', now, record() } end

local function claimableAnew()
  local failure = held[7] or held[6]
  if state ~= 'failed' or token == ARGV[3] or not failure then return false end
  failure = cjson.decode(failure)
  return failure.certainty == 'not_applied' and failure.transient
end

if not claimableAnew() then return { 'Held', now, record() } end
if ARGV[13] == '1' then return nearlyFull end
begin(attempt, timeline)
write('HDEL', KEYS[2], 'proven', 'refused', 'judged', 'settled', 'receipt', 'delivery', 'failure', 'reported',
  'claimed', 'deadline', 'prove')
write('PERSIST', KEYS[2])
write('ZREM', KEYS[6], ARGV[2])
write('HSETNX', KEYS[4], token, attempt)
write('PEXPIRE', KEYS[4], ARGV[10])
return { 'Accepted', now, record() }
`,
  { begins: true }
)

/**
 * Abandons an accepted intent.
 *
 * KEYS: stamp, record, tombstone, tokens, lists by state.
 * ARGV: deployment, intent id, milliseconds that the record and the tombstone stay, failure.
 * Answer: the time and the record, or nil when the intent is not accepted.
 */
export const abandonScript = defineScript(
  "abandon intent",
  `#!lua flags=allow-oom
${intentPrelude}${judgeLua}
local state, attempt, timeline = unpack(redis.call('HMGET', KEYS[2], 'state', 'attempt', 'timeline'))
if state ~= 'accepted' then return false end
store({ 'verdict', 'failed', 'failure', ARGV[5] }, state, 'failed', noted(timeline, attempt, 'abandoned'), attempt)
return { now, record() }
`
)
