import { fingerprintLife } from "../../../../src/outbound/ledger/intent-ledger.ts"
import { deliveryRank, timelineLength } from "../../../../src/domain/intent.ts"
import { readTime, requireStamp } from "../../scripting/lua.ts"
import { listedStates } from "../keys.ts"

/**
 * Begins every script of one intent. Defines `at`, `nearlyFull`, `noted` and `record`. A timeline is one text of
 * entries `<at> <attempt> <what>;`.
 *
 * KEYS: stamp, record, tombstone, tokens, …
 * ARGV: deployment, intent id, …
 */
export const intentPrelude = `${requireStamp}${readTime}
local at = string.format('%.0f', now)
local nearlyFull = redis.error_reply('OOM the store is nearly full')

local function noted(timeline, attempt, what)
  local entry = at .. ' ' .. attempt .. ' ' .. what .. ';'
  if not timeline then return entry end
  timeline = timeline .. entry
  local _, length = string.gsub(timeline, ';', '')
  if length > ${timelineLength} then timeline = string.gsub(timeline, '^[^;]*;', '', 1) end
  return timeline
end

local function record()
  commit()
  return redis.call('HGETALL', KEYS[2])
end
`

const lists = listedStates.map((state, index) => `${state} = KEYS[${index + 5}]`).join(", ")

/**
 * Follows in every script that judges an attempt. `store` writes the changed fields and what a new state requires. It
 * writes the tombstone before the record may expire.
 *
 * KEYS: from 5 on, the lists by state.
 * ARGV: 3 and 4 are the milliseconds that a settled record and its tombstone stay.
 */
export const judgeLua = `
local lists = { ${lists} }

local contradicts = false
local function contradict()
  contradicts = true
  write('HSET', KEYS[2], 'contradicted', '1')
end

local function stateOf(verdict, proven, refused)
  if not verdict and not proven and not refused then return 'claimed' end
  local judged, contradicted = unpack(redis.call('HMGET', KEYS[2], 'judged', 'contradicted'))
  if contradicts or contradicted then return 'disputed' end
  if verdict == 'failed' or verdict == 'accepted' then
    if proven then return 'disputed' end
    return refused and 'failed' or verdict
  end
  if verdict == 'sent' then return judged and refused and 'disputed' or 'sent' end
  if proven then return 'sent' end
  return refused and 'failed' or verdict or 'claimed'
end

local function move(before, after)
  if after == 'sent' or after == 'failed' then
    -- Before its place is written: it may be one of those itself, whose record has expired and which was claimed again.
    local gone = redis.call('ZRANGE', lists[after], '-inf', now - ARGV[3], 'BYSCORE', 'LIMIT', 0, 2)
    if #gone > 0 then write('ZREM', lists[after], unpack(gone)) end
  end
  write('ZADD', lists[after], after == 'accepted' and redis.call('HGET', KEYS[2], 'accepted') or at, ARGV[2])
  if after == 'sent' or after == 'failed' then
    write('SET', KEYS[3], '1', 'PX', ARGV[4])
    write('PEXPIRE', KEYS[2], ARGV[3])
  else
    write('PERSIST', KEYS[2])
  end
  if lists[before] then write('ZREM', lists[before], ARGV[2]) end
  local prove, request = unpack(redis.call('HMGET', KEYS[2], 'prove', 'request'))
  local keeps = after == 'accepted' or after == 'claimed' or (after == 'in_doubt' and prove)
  if request and not keeps then write('HDEL', KEYS[2], 'request') end
  if prove and after ~= 'in_doubt' then write('ZREM', KEYS[${listedStates.length + 5}], ARGV[2]) end
end

local function store(changed, before, after, timeline, attempt)
  if after ~= before then
    if after == 'disputed' then timeline = noted(timeline, attempt, 'disputed') end
    if after ~= 'disputed' and after ~= 'claimed' and after ~= 'accepted' then
      changed[#changed + 1] = 'settled'
      changed[#changed + 1] = at
    end
  end
  write('HSET', KEYS[2], 'state', after, 'timeline', timeline, unpack(changed))
  if after ~= before then move(before, after) end
end
`

/**
 * Defines `mark()`, which stores that the receipt is this intent's, as long as evidence is matched. KEYS names the receipt
 * after the lists, when it has a mark.
 */
export const receiptLua = `
local function mark()
  local key = KEYS[${listedStates.length + 6}]
  if key then write('SET', key, ARGV[2], 'PX', ${fingerprintLife}) end
end
`

/**
 * Defines `leaveFingerprints(first, attempt, life)`, which adds an attempt to its fingerprints, scored by the time of
 * its claim. `first` is the index of the first fingerprint in KEYS.
 *
 * It runs before the record is written. An attempt with a fingerprint and no record does no harm. An attempt without
 * its fingerprint lets another one take its echo for a proof (G46, G49).
 */
export const fingerprintLua = `
local function leaveFingerprints(first, attempt, life)
  for i = first, #KEYS do
    local gone = redis.call('ZRANGE', KEYS[i], '-inf', now - life, 'BYSCORE', 'LIMIT', 0, 2)
    if #gone > 0 then write('ZREM', KEYS[i], unpack(gone)) end
    write('ZADD', KEYS[i], at, ARGV[2] .. ':' .. attempt)
    write('PEXPIRE', KEYS[i], life)
  end
end
`

const ranks = Object.entries(deliveryRank).map(([status, rank]) => `${status} = ${rank}`)

/**
 * Defines `forward(known, status)`, which returns the furthest status, and `graver(known, reported)`, which returns the
 * failure that allows less.
 */
export const statusLua = `
local rank = { ${ranks.join(", ")} }

local function forward(known, status)
  if not known or (rank[status] or 0) > (rank[known] or 0) then return status end
  return known
end

local function gravity(failure)
  return (failure.certainty == 'unknown' and 2 or 0) + (failure.transient and 0 or 1)
end

local function graver(known, reported)
  if not known then return reported end
  local a, b = cjson.decode(known), cjson.decode(reported)
  local more = gravity(b) - gravity(a)
  if more > 0 or (more == 0 and b.code < a.code) then return reported end
  return known
end
`

/**
 * Defines `deny(…)`, which applies a call that certainly did nothing, after an operator's verdict `sent`. It returns
 * true when that is so.
 */
export const denyLua = `
local function deny(state, verdict, refused, timeline, attempt, what)
  if verdict ~= 'sent' or refused or redis.call('HEXISTS', KEYS[2], 'judged') == 0 then return false end
  store({ 'refused', '1' }, state, stateOf(verdict, nil, '1'), noted(timeline, attempt, what), attempt)
  return true
end
`
