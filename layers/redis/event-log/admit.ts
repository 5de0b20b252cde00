import { readTime, requireStamp } from "../lua.ts"
import { defineScript } from "../script.ts"

/** One answer a letter, entry by entry. */
export const letters = { a: "admitted", d: "deduped", q: "quarantined" } as const

/** Places of the marks in KEYS: the guessed generation, two before it and one after it. */
const guessed = 10

/**
 * Admits a batch. Not `allow-oom`: a full store takes nothing in (G6). The records are written before the marks (G5).
 *
 * KEYS: stamp, counters, log, todo:runtime, todo:ledger, quarantine, nonce, marks of four generations.
 * ARGV: deployment, guessed generation, generation width and nonce retention in milliseconds, quarantine cap in bytes,
 * heads, records. A head is `mark key sort bytes` and a space; the records follow each other without a break, since one
 * long argument costs the client far less than many. A sort is `q`, or who consumes the event: `r`, `l`, `b` for both, `n`.
 * Answers a letter an entry, or the generation that it is, where the marks in KEYS do not fit it (G10).
 */
export const admit = defineScript(
  "admit",
  `#!lua
${requireStamp}
local answered = redis.call('GET', KEYS[7])
if answered then return answered end
${readTime}
local known = redis.call('HMGET', KEYS[2], 'generation', 'position', 'received', 'admitted', 'deduped', 'quarantined', 'quarantineBytes')
for i = 1, #known do known[i] = tonumber(known[i] or 0) end
local width = tonumber(ARGV[3])
local generation = math.max(math.floor(now / width), known[1])
local guess = tonumber(ARGV[2])
if math.abs(generation - guess) > 1 then return generation end
local at = ${guessed} + generation - guess
local present, previous = KEYS[at], KEYS[at - 1]

local marks, keys, sorts, records = {}, {}, {}, {}
local from = 1
for mark, key, sort, bytes in string.gmatch(ARGV[6], '(%S+) (%S+) (%S+) (%d+) ') do
  local i = #marks + 1
  marks[i], keys[i], sorts[i] = mark, key, sort
  records[i] = string.sub(ARGV[7], from, from + bytes - 1)
  from = from + bytes
end
local size = #marks
local function chunks(list, length, act)
  for from = 1, #list, length do act(from, math.min(from + length - 1, #list)) end
end
local seen = {}
chunks(marks, 500, function(from, to)
  local old = redis.call('SMISMEMBER', previous, unpack(marks, from, to))
  local new = redis.call('SMISMEMBER', present, unpack(marks, from, to))
  for i = 1, #old do
    if old[i] == 1 or new[i] == 1 then seen[marks[from + i - 1]] = true end
  end
end)

local answer, runtime, ledger = {}, {}, {}
local position, admitted, deduped, quarantined, bytes = known[2], 0, 0, 0, known[7]
for i = 1, size do
  local mark, key, sort, record = marks[i], keys[i], sorts[i], records[i]
  if seen[mark] then
    deduped = deduped + 1
    answer[i] = 'd'
  elseif sort == 'q' then
    if bytes + #record > tonumber(ARGV[5]) then
      redis.call('XADD', KEYS[6], '*', 'k', key)
    else
      bytes = bytes + #record
      redis.call('XADD', KEYS[6], '*', 'k', key, 'r', record)
    end
    quarantined = quarantined + 1
    answer[i] = 'q'
  else
    local id = redis.call('XADD', KEYS[3], '*', 'k', key, 'r', record)
    position = position + 1
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
  end
  seen[mark] = true
end

chunks(runtime, 500, function(from, to) redis.call('ZADD', KEYS[4], unpack(runtime, from, to)) end)
chunks(ledger, 500, function(from, to) redis.call('ZADD', KEYS[5], unpack(ledger, from, to)) end)
redis.call('HSET', KEYS[2], 'generation', generation, 'position', position, 'received', known[3] + size,
  'admitted', known[4] + admitted, 'deduped', known[5] + deduped, 'quarantined', known[6] + quarantined,
  'quarantineBytes', bytes)
chunks(marks, 500, function(from, to) redis.call('SADD', present, unpack(marks, from, to)) end)
if redis.call('PTTL', present) == -1 then redis.call('PEXPIREAT', present, (generation + 3) * width) end
if generation > known[1] and at > 9 then redis.call('UNLINK', KEYS[at - 2]) end
answer = table.concat(answer)
redis.call('SET', KEYS[7], answer, 'PX', ARGV[4])
return answer
`
)
