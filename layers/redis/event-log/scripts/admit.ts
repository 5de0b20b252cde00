import { readTime, requireStamp, requireStampOf, wholeNumbers } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"
import { newIds } from "./prelude.ts"
import { markBytes } from "../../marks/mark-table.ts"
import { readMarksLua, tableFields, timeFields, writeMarksLua } from "../../marks/marks-lua.ts"

/** Maps each letter of the answer to the outcome of an entry. */
export const letters = { a: "admitted", d: "deduped", q: "quarantined" } as const

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
${readTime}${wholeNumbers}${readMarksLua}${writeMarksLua}${newIds}
local wanted = tonumber(ARGV[2])
local parts, key, mark, fits = {}, 3, 0, true
for shape in string.gmatch(ARGV[5], '%d+ %d+ %d+ %d+ %d+ ') do
  if key > 3 then ${requireStampOf("KEYS[key]")} end
  local known = redis.call('HMGET', KEYS[key + 1], ${tableFields}, ${timeFields},
    'position', 'received', 'admitted', 'deduped', 'quarantined', 'quarantineBytes', 'growAfter', 'logBytes', 'top')
  read[KEYS[key + 1]] = 'hash'
  local lost = not known[8] and redis.call('EXISTS', KEYS[key + 2]) == 1
  if lost then return redis.error_reply('DAMAGED the counters of a partition are gone') end
  for i = 1, 15 do known[i] = tonumber(known[i] or 0) end
  local part = openTable(known, wanted)
  if not takeMarks(part, shape, ARGV[6], mark, key + 6, KEYS[key + 1], true) then fits = false end
  part.first, part.known, part.found = key, known, {}
  parts[#parts + 1] = part
  mark, key = mark + ${markBytes} * part.size, part.last + 1
end

local function standing()
  local tables = {}
  for at, part in ipairs(parts) do tables[at] = tableText(part) end
  return ' ' .. table.concat(tables, ' ')
end
if not fits then return standing() end

for _, part in ipairs(parts) do
  local key, size, marks, found = part.key, part.size, part.marks, part.found
  local there = 0
  chunks(key + 1, key + size, function(from, to) there = there + redis.call('EXISTS', unpack(KEYS, from, to)) end)
  part.lasting = there == size
  for i = 1, size do
    local bucket = KEYS[key + i]
    if redis.call('HEXISTS', bucket, marks[i]) == 1 then
      found[i] = 'here'
    elseif part.before > 0 then
      found[i] = redis.call('HGET', KEYS[part.old + i], marks[i])
    end
    read[bucket] = 'hash'
  end
end

local cap = tonumber(ARGV[4])
local nextHead = string.gmatch(ARGV[7], '(%S+) (%S+) (%d+) ')
local answer, record = {}, 1
for _, part in ipairs(parts) do
  local key, size, known = part.first, part.size, part.known
  local records, runtime, ledger, seen = {}, {}, {}, {}
  local position, admitted, deduped, quarantined, bytes, logged = known[8], 0, 0, 0, known[13], known[15]
  local function placeOf(time) return whole(math.floor((time - part.begin) / part.unit)) end
  local nextId, top, place = nil, known[16], nil
  local put, grow, flush = markWriter(part, known[14])

  for i = 1, size do
    local id, sort, length = nextHead()
    local mark, found, from = part.marks[i], part.found[i], record
    record = record + length
    if seen[mark] or found then
      deduped = deduped + 1
      answer[#answer + 1] = 'd'
      if not seen[mark] and found ~= 'here' then put(i, placeOf(part.beginBefore + found * part.unitBefore)) end
    elseif sort == 'q' then
      local kept = string.sub(ARGV[8], from, record - 1)
      if bytes + #kept > cap then kept = string.match(kept, '^[^\\n]*') end
      if bytes + #kept > 2 * cap then kept = '' end
      bytes = bytes + #kept
      records[#records + 1] = { 'HSET', KEYS[key + 6], id, kept }
      records[#records + 1] = { 'ZADD', KEYS[key + 5], whole(now), id }
      quarantined = quarantined + 1
      answer[#answer + 1] = 'q'
      put(i, placeOf(now))
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
      put(i, place)
    end
    seen[mark] = true
  end

  grow()
  local counters = { 'HSET', KEYS[key + 1], 'remembered', whole(part.remembered), 'position', whole(position),
    'received', whole(known[9] + size), 'admitted', whole(known[10] + admitted), 'logBytes', whole(logged) }
  local function count(...)
    for _, one in ipairs({ ... }) do counters[#counters + 1] = one end
  end
  if nextId then count('top', top) end
  if deduped + quarantined > 0 then
    count('deduped', whole(known[11] + deduped), 'quarantined', whole(known[12] + quarantined),
      'quarantineBytes', whole(bytes))
  end
  count(changedFields(part, known))
  add(counters)
  for i = 1, #records do add(records[i]) end
  chunks(1, #runtime, function(from, to) write('ZADD', KEYS[key + 3], unpack(runtime, from, to)) end)
  chunks(1, #ledger, function(from, to) write('ZADD', KEYS[key + 4], unpack(ledger, from, to)) end)
  flush()
end
answer = table.concat(answer)
write('SET', KEYS[2], answer, 'PX', ARGV[3])
return answer .. standing()
`,
  { batched: true, begins: true }
)
