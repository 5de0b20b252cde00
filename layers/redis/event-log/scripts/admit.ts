import { readTime, requireStamp, requireStampOf, wholeNumbers } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"
import { newIds } from "./prelude.ts"
import { addressLua, fill, markBytes, readTable, tableFields, timeFields } from "../../marks/mark-table.ts"

/** Maps each letter of the answer to the outcome of an entry. */
export const letters = { a: "admitted", d: "deduped", q: "quarantined" } as const

/**
 * Milliseconds without a new bucket after KEYS did not fit. A replica that grows the table must not lock out another
 * one, which has to learn of the growth first.
 */
const growthPauseMs = 100

/**
 * Admits a batch over several partitions that share a slot or a server.
 *
 * The script is not `allow-oom`: a full store accepts no events (G6). It writes all or nothing (G46). Positions and
 * counters come first, then the records, then the marks (G5).
 *
 * KEYS: stamp of the first partition, nonce; for each partition its stamp, counters, log, todo:runtime, todo:ledger,
 * quarantine and its items; then for each entry its bucket of marks in the present generation; then for each entry its
 * bucket in the previous generation, when there is one; then pairs of a bucket and the new bucket that takes a part of
 * it.
 *
 * ARGV: deployment, width of a generation in milliseconds, retention of the nonce in milliseconds, quarantine cap of a
 * partition in bytes, parts, marks, heads, records. Above the cap an item is kept without its content, above twice the
 * cap by its id alone.
 *
 * - A part is `generation buckets before entries pairs` and a space: the table of marks that KEYS was made for, and
 *   the number of entries and of pairs.
 * - A head is `key sort bytes` and a space. A sort is `q`, or the consumers of the event: `r` the runtime, `l` the
 *   ledger, `b` both, `n` none.
 * - Marks and records follow each other without a separator, because one long argument costs the client far less than
 *   many.
 *
 * Answer: a letter an entry and then the present tables, or the tables alone when KEYS does not fit them (G10).
 */
export const admitScript = defineScript(
  "admit",
  `#!lua
${requireStamp}
local answered = redis.call('GET', KEYS[2])
if answered then return answered end
${readTime}${wholeNumbers}${addressLua}${newIds}
local function chunks(first, last, act)
  for from = first, last, 500 do act(from, math.min(from + 499, last)) end
end
local wanted = tonumber(ARGV[2])
local parts, key, mark, fits = {}, 3, 0, true
for asked, guess, guessBefore, size, pairs in string.gmatch(ARGV[5], '(%d+) (%d+) (%d+) (%d+) (%d+) ') do
  guess, size = tonumber(guess), tonumber(size)
  if key > 3 then ${requireStampOf("KEYS[key]")} end
  local known = redis.call('HMGET', KEYS[key + 1], ${tableFields},
    'position', 'received', 'admitted', 'deduped', 'quarantined', 'quarantineBytes', 'growAfter', 'logBytes',
    ${timeFields}, 'top')
  read[KEYS[key + 1]] = 'hash'
  local lost = not known[5] and redis.call('EXISTS', KEYS[key + 2]) == 1
  if lost then return redis.error_reply('DAMAGED the counters of a partition are gone') end
  for i = 1, 15 do known[i] = tonumber(known[i] or 0) end
  local width = wanted
  local stood = { known[1], known[2], known[3], known[4], known[13], known[14], known[15] }
  ${readTable}
  local sameAge = tonumber(asked) == generation and tonumber(guessBefore) == before
  local fit = sameAge
  local marks = {}
  for i = 1, size do
    marks[i] = string.sub(ARGV[6], mark + 1, mark + ${markBytes})
    mark = mark + ${markBytes}
    if guess ~= buckets and fit then
      local address = addressOf(marks[i])
      fit = bucketOf(address, guess) == bucketOf(address, buckets)
    end
  end
  if not fit then
    fits = false
    if sameAge then write('HSET', KEYS[key + 1], 'growAfter', whole(now + ${growthPauseMs})) end
  end
  local old = key + 7 + size
  local pair = old + (before > 0 and size or 0)
  parts[#parts + 1] = {
    key = key, old = old, pair = pair, last = pair + 2 * pairs, size = size, marks = marks, found = {}, lasting = false,
    known = known, guess = guess, generation = generation, buckets = buckets, remembered = remembered, before = before,
    width = width, shift = shift, widthBefore = widthBefore, begin = begin, beginBefore = beginBefore, unit = unit,
    unitBefore = unitBefore
  }
  key = old + (tonumber(guessBefore) > 0 and size or 0) + 2 * pairs
end

local function standing()
  local tables = {}
  for at, part in ipairs(parts) do
    tables[at] = string.format('%.0f %.0f %.0f %.0f', part.generation, part.buckets, part.remembered, part.before)
  end
  return ' ' .. table.concat(tables, ' ')
end
if not fits then return standing() end

for _, part in ipairs(parts) do
  local key, size, marks, found = part.key, part.size, part.marks, part.found
  local there = 0
  chunks(key + 7, key + 6 + size, function(from, to) there = there + redis.call('EXISTS', unpack(KEYS, from, to)) end)
  part.lasting = there == size
  for i = 1, size do
    local bucket = KEYS[key + 6 + i]
    if redis.call('HEXISTS', bucket, marks[i]) == 1 then
      found[i] = 'here'
    elseif part.before > 0 then
      found[i] = redis.call('HGET', KEYS[part.old - 1 + i], marks[i])
    end
    read[bucket] = 'hash'
  end
end

local cap = tonumber(ARGV[4])
local nextHead = string.gmatch(ARGV[7], '(%S+) (%S+) (%d+) ')
local answer, record = {}, 1
for _, part in ipairs(parts) do
  local key, size, known, before = part.key, part.size, part.known, part.before
  local records, runtime, ledger, seen = {}, {}, {}, {}
  local position, admitted, deduped, quarantined, bytes, logged = known[5], 0, 0, 0, known[10], known[12]
  local function placeOf(time) return whole(math.floor((time - part.begin) / part.unit)) end
  local nextId, top, place = nil, known[16], nil

  local added, order, gone = {}, {}, {}
  local function remember(bucket, mark, value)
    if not added[bucket] then
      added[bucket] = {}
      order[#order + 1] = bucket
    end
    added[bucket][mark] = value
  end
  local function fresh(i, value)
    remember(KEYS[key + 6 + i], part.marks[i], value)
    part.remembered = part.remembered + 1
  end

  for i = 1, size do
    local id, sort, length = nextHead()
    local mark, found, from = part.marks[i], part.found[i], record
    record = record + length
    if seen[mark] or found then
      deduped = deduped + 1
      answer[#answer + 1] = 'd'
      if not seen[mark] and found ~= 'here' then fresh(i, placeOf(part.beginBefore + found * part.unitBefore)) end
    elseif sort == 'q' then
      local kept = string.sub(ARGV[8], from, record - 1)
      if bytes + #kept > cap then kept = string.match(kept, '^[^\\n]*') end
      if bytes + #kept > 2 * cap then kept = '' end
      bytes = bytes + #kept
      records[#records + 1] = { 'HSET', KEYS[key + 6], id, kept }
      records[#records + 1] = { 'ZADD', KEYS[key + 5], whole(now), id }
      quarantined = quarantined + 1
      answer[#answer + 1] = 'q'
      fresh(i, placeOf(now))
    else
      if not nextId then
        local time
        time, nextId = newIds(KEYS[key + 2], top)
        place = placeOf(time)
      end
      top = nextId()
      records[#records + 1] = { 'XADD', KEYS[key + 2], top, 'k', id, 'r', string.sub(ARGV[8], from, record - 1) }
      position = position + 1
      logged = logged + length
      if sort == 'r' or sort == 'b' then
        runtime[#runtime + 1] = whole(position)
        runtime[#runtime + 1] = top
      end
      if sort == 'l' or sort == 'b' then
        ledger[#ledger + 1] = whole(position)
        ledger[#ledger + 1] = top
      end
      admitted = admitted + 1
      answer[#answer + 1] = 'a'
      fresh(i, place)
    end
    seen[mark] = true
  end

  local pair, buckets = part.pair, part.buckets
  local grows = part.guess == buckets and now >= known[11]
  while grows and pair < part.last and part.remembered > ${fill} * buckets do
    local reach, source, target = 1, KEYS[pair], KEYS[pair + 1]
    while reach <= buckets do reach = reach * 2 end
    local all = redis.call('HGETALL', source)
    for at = 1, #all, 2 do
      if addressOf(all[at]) % reach == buckets then
        remember(target, all[at], all[at + 1])
        gone[#gone + 1] = { 'HDEL', source, all[at] }
      end
    end
    for mark, value in pairs(added[source] or {}) do
      if addressOf(mark) % reach == buckets then
        added[source][mark] = nil
        remember(target, mark, value)
      end
    end
    part.lasting = false
    buckets, pair = buckets + 1, pair + 2
  end
  part.buckets = buckets

  local counters = { 'HSET', KEYS[key + 1], 'remembered', whole(part.remembered), 'position', whole(position),
    'received', whole(known[6] + size), 'admitted', whole(known[7] + admitted), 'logBytes', whole(logged) }
  local function count(...)
    for _, one in ipairs({ ... }) do counters[#counters + 1] = one end
  end
  if nextId then count('top', top) end
  if deduped + quarantined > 0 then
    count('deduped', whole(known[8] + deduped), 'quarantined', whole(known[9] + quarantined),
      'quarantineBytes', whole(bytes))
  end
  if part.generation ~= known[1] or buckets ~= known[2] or before ~= known[4] or part.width ~= known[13] then
    count('generation', whole(part.generation), 'buckets', whole(buckets), 'before', whole(before),
      'width', whole(part.width), 'shift', whole(part.shift), 'widthBefore', whole(part.widthBefore))
  end
  add(counters)
  for i = 1, #records do add(records[i]) end
  chunks(1, #runtime, function(from, to) write('ZADD', KEYS[key + 3], unpack(runtime, from, to)) end)
  chunks(1, #ledger, function(from, to) write('ZADD', KEYS[key + 4], unpack(ledger, from, to)) end)
  local expires = whole(part.begin + 2 * part.width)
  for _, bucket in ipairs(order) do
    local marks = {}
    for mark, value in pairs(added[bucket]) do
      marks[#marks + 1] = mark
      marks[#marks + 1] = value
    end
    chunks(1, #marks, function(from, to) write('HSET', bucket, unpack(marks, from, to)) end)
    if #marks > 0 and not part.lasting then write('PEXPIREAT', bucket, expires, 'NX') end
  end
  for i = 1, #gone do add(gone[i]) end
end
answer = table.concat(answer)
write('SET', KEYS[2], answer, 'PX', ARGV[3])
return answer .. standing()
`,
  { batched: true, begins: true }
)
