import { recordFormat } from "../../../../src/deployment/deployment.ts"
import { defineScript } from "../../scripting/script.ts"
import { findTombstoneLua } from "./archive.ts"
import { fingerprintLua, intentPrelude } from "./prelude.ts"

/**
 * Claims an intent.
 *
 * KEYS: stamp, record, tombstone, tokens, lists of claimed, of failed, of accepted and of provable intents, archive, the
 * two buckets of its tombstone, fingerprints.
 * ARGV: deployment, intent id, token, content, milliseconds of the call, connector, account, capability, protection,
 * correlation id, milliseconds that tokens stay, 1 when only an accepted intent is claimed, sealed request to keep or
 * an empty text, 1 when the store is nearly full, the band that raises its score among the provable intents,
 * milliseconds that fingerprints stay, mark, table of tombstones, milliseconds that a tombstone stays.
 * Answer: the time alone for a first claim, `Released`, `Expired`, `archived`, the present table of tombstones as a text
 * when KEYS do not fit it, or a tag (`Claimed`, `Held`, `OtherContent`), the
 * time and the record. A first claim returns no record, because the caller already has the other fields.
 *
 * The script has no header, so a full store still answers a repeated claim and refuses the first write (G6). An
 * accepted intent may be claimed even when the store is nearly full, because that drains it.
 */
export const claimScript = defineScript(
  "claim intent",
  `${intentPrelude}${fingerprintLua}
local fate = redis.call('HGET', KEYS[4], ARGV[3])
if fate == 'released' then return { 'Released' } end
local state = redis.call('HGET', KEYS[2], 'state')
read[KEYS[2]] = 'hash'

local wanted = ARGV[12] == '1' and 'accepted' or 'failed'

local function begin(attempt, timeline, ...)
  local deadline = now + ARGV[5]
  leaveFingerprints(12, attempt, ARGV[16])
  write('HSET', KEYS[2], 'state', 'claimed', 'attempt', attempt, 'token', ARGV[3], 'claimed', at,
    'deadline', deadline, 'connector', ARGV[6], 'account', ARGV[7], 'capability', ARGV[8], 'protection', ARGV[9],
    'correlation', ARGV[10], 'timeline', noted(timeline, attempt, 'claimed'), ...)
  if ARGV[13] ~= '' then write('HSET', KEYS[2], 'request', ARGV[13], 'prove', '1') write('ZADD', KEYS[8], string.format('%.0f', now + ARGV[15]), ARGV[2]) end
  write('ZADD', KEYS[5], deadline, ARGV[2])
end

if not state then
  if redis.call('EXISTS', KEYS[3]) == 1 then return { 'Expired' } end
  ${findTombstoneLua}
  local from, unit = findTombstone(9, ARGV[17], ARGV[18], ARGV[19])
  if from then return unit and 'archived' or from end
  if wanted == 'accepted' then return { 'Expired' } end
  if ARGV[14] == '1' then return nearlyFull end
  begin(1, nil, 'v', ${recordFormat}, 'content', ARGV[4], 'created', at)
  return now
end
local held = redis.call('HMGET', KEYS[2], 'content', 'token', 'attempt', 'deadline', 'timeline', 'failure', 'reported')
local content, token, attempt, deadline, timeline = unpack(held, 1, 5)
if content ~= ARGV[4] then return { 'OtherContent', now, record() } end
if state == 'claimed' and token == ARGV[3] and now < tonumber(deadline) then return { 'Claimed', now, record() } end

local function claimableAnew()
  if state ~= wanted or fate or token == ARGV[3] then return false end
  if wanted == 'accepted' then return true end
  local failure = held[7] or held[6]
  if not failure then return false end
  failure = cjson.decode(failure)
  return failure.certainty == 'not_applied' and failure.transient
end

if not claimableAnew() then return { 'Held', now, record() } end
if wanted == 'failed' and ARGV[14] == '1' then return nearlyFull end
begin(attempt + 1, timeline)
write('HDEL', KEYS[2], 'verdict', 'proven', 'refused', 'judged', 'settled', 'receipt', 'delivery', 'failure', 'reported')
if wanted == 'failed' then write('HDEL', KEYS[2], 'accepted', 'lane') end
write('PERSIST', KEYS[2])
write('ZREM', wanted == 'accepted' and KEYS[7] or KEYS[6], ARGV[2])
write('HSETNX', KEYS[4], token, attempt)
write('PEXPIRE', KEYS[4], ARGV[11])
return { 'Claimed', now, record() }
`,
  { begins: true }
)
