import { readTime, requireStamp } from "../lua.ts"
import { defineScript } from "../script.ts"
import { addressing, fill, markBytes, readTable, tableFields, timeFields } from "./marks.ts"

/** One answer a letter, entry by entry. */
export const letters = { a: "admitted", d: "deduped", q: "quarantined" } as const

/**
 * Milliseconds that no bucket is made after KEYS did not fit: a replica that grows the table must not keep another, which has
 * to learn of it first, from ever getting in.
 */
const settling = 100

/**
 * Admits a batch. Not `allow-oom`: a full store takes nothing in (G6). The records are written before the marks (G5).
 *
 * KEYS: stamp, counters, log, todo:runtime, todo:ledger, quarantine, its items, nonce; for each entry its bucket of marks in the present
 * generation, then for each its bucket in the one before where there is one, then pairs of a bucket and the new one that
 * it is shared out with.
 * ARGV: deployment, the table of marks that KEYS was made for (generation, buckets, buckets before), generation width and
 * nonce retention in milliseconds, quarantine cap in bytes (above it an item is kept without its
 * content, above twice as much by its id alone), marks, heads, records. A head is `key sort bytes` and a space;
 * marks and records follow each other without a break, since one long argument costs the client far less than many. A sort
 * is `q`, or who consumes the event: `r`, `l`, `b` for both, `n`.
 * Answers a letter an entry and then the table as it stands, or the table alone where KEYS does not fit it (G10).
 */
export const admit = defineScript(
  "admit",
  `#!lua
${requireStamp}
local answered = redis.call('GET', KEYS[8])
if answered then return answered end
${readTime}${addressing}
local known = redis.call('HMGET', KEYS[2], ${tableFields},
  'position', 'received', 'admitted', 'deduped', 'quarantined', 'quarantineBytes', 'growAfter', 'logBytes',
  ${timeFields})
for i = 1, 15 do known[i] = tonumber(known[i] or 0) end
local width = tonumber(ARGV[5])
local stood = { known[1], known[2], known[3], known[4], known[13], known[14], known[15] }
${readTable}
local size = #ARGV[8] / ${markBytes}
local guess = tonumber(ARGV[3])
local sameAge = tonumber(ARGV[2]) == generation and tonumber(ARGV[4]) == before
local fits = sameAge
local marks, seen = {}, {}
for i = 1, size do
  local mark = string.sub(ARGV[8], (i - 1) * ${markBytes} + 1, i * ${markBytes})
  marks[i] = mark
  if guess ~= buckets and fits then
    local address = addressOf(mark)
    fits = bucketOf(address, guess) == bucketOf(address, buckets)
  end
end
local function standing() return string.format('%.0f %.0f %.0f %.0f', generation, buckets, remembered, before) end
if not fits then
  if sameAge then redis.call('HSET', KEYS[2], 'growAfter', string.format('%.0f', now + ${settling})) end
  return ' ' .. standing()
end

local function placeOf(time) return string.format('%.0f', math.floor((time - begin) / unit)) end
local answer, runtime, ledger, fresh = {}, {}, {}, {}
local position, admitted, deduped, quarantined, bytes = known[5], 0, 0, 0, known[10]
local written = known[12]
local i, from = 0, 1
for key, sort, length in string.gmatch(ARGV[9], '(%S+) (%S+) (%d+) ') do
  i = i + 1
  local mark = marks[i]
  local record = string.sub(ARGV[10], from, from + length - 1)
  from = from + length
  if seen[mark] or redis.call('HEXISTS', KEYS[8 + i], mark) == 1 then
    deduped = deduped + 1
    answer[i] = 'd'
  else
    local old = before > 0 and redis.call('HGET', KEYS[8 + size + i], mark)
    fresh[i] = placeOf(old and beginBefore + old * unitBefore or now)
    if old then
      deduped = deduped + 1
      answer[i] = 'd'
    elseif sort == 'q' then
      local cap = tonumber(ARGV[7])
      local kept = record
      if bytes + #kept > cap then kept = string.match(record, '^[^\\n]*') end
      if bytes + #kept > 2 * cap then kept = '' end
      bytes = bytes + #kept
      redis.call('HSET', KEYS[7], key, kept)
      redis.call('ZADD', KEYS[6], now, key)
      quarantined = quarantined + 1
      answer[i] = 'q'
    else
      local id = redis.call('XADD', KEYS[3], '*', 'k', key, 'r', record)
      position = position + 1
      written = written + #record
      if sort == 'r' or sort == 'b' then
        runtime[#runtime + 1] = position
        runtime[#runtime + 1] = id
      end
      if sort == 'l' or sort == 'b' then
        ledger[#ledger + 1] = position
        ledger[#ledger + 1] = id
      end
      admitted = admitted + 1
      answer[i] = 'a'
      fresh[i] = placeOf(tonumber(string.match(id, '^%d+')))
    end
    seen[mark] = true
  end
end

local function chunks(list, length, act)
  for from = 1, #list, length do act(from, math.min(from + length - 1, #list)) end
end
chunks(runtime, 500, function(from, to) redis.call('ZADD', KEYS[4], unpack(runtime, from, to)) end)
chunks(ledger, 500, function(from, to) redis.call('ZADD', KEYS[5], unpack(ledger, from, to)) end)
local expires = string.format('%.0f', begin + 2 * width)
for i = 1, size do
  if fresh[i] then
    redis.call('HSET', KEYS[8 + i], marks[i], fresh[i])
    redis.call('PEXPIREAT', KEYS[8 + i], expires, 'NX')
    remembered = remembered + 1
  end
end

local pair = 9 + size + (before > 0 and size or 0)
while guess == buckets and now >= known[11] and KEYS[pair] and remembered > ${fill} * buckets do
  local moved, gone = {}, {}
  local all = redis.call('HGETALL', KEYS[pair])
  for at = 1, #all, 2 do
    if bucketOf(addressOf(all[at]), buckets + 1) == buckets then
      moved[#moved + 1] = all[at]
      moved[#moved + 1] = all[at + 1]
      gone[#gone + 1] = all[at]
    end
  end
  if #gone > 0 then
    chunks(moved, 500, function(from, to) redis.call('HSET', KEYS[pair + 1], unpack(moved, from, to)) end)
    redis.call('PEXPIREAT', KEYS[pair + 1], expires, 'NX')
    chunks(gone, 500, function(from, to) redis.call('HDEL', KEYS[pair], unpack(gone, from, to)) end)
  end
  buckets, guess, pair = buckets + 1, guess + 1, pair + 2
end

redis.call('HSET', KEYS[2], 'generation', generation, 'buckets', buckets, 'remembered', remembered, 'before', before,
  'position', position, 'received', known[6] + size, 'admitted', known[7] + admitted, 'deduped', known[8] + deduped,
  'quarantined', known[9] + quarantined, 'quarantineBytes', bytes, 'logBytes', written,
  'width', width, 'shift', shift, 'widthBefore', widthBefore)
answer = table.concat(answer)
redis.call('SET', KEYS[8], answer, 'PX', ARGV[6])
return answer .. ' ' .. standing()
`
)
