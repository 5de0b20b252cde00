import { archiveFormat } from "../../../../src/deployment/deployment.ts"
import { readMarksLua, writeMarksLua } from "../../marks/marks-lua.ts"
import { readTime, requireStamp, wholeNumbers } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"

/**
 * Defines `openArchive(key, width)`, which returns the table of tombstones whose fields are in the hash `key`, the fields
 * as numbers, and false when no intent was archived yet. Fails when the fields were there and are gone: an intent would
 * be performed again. Needs `now`.
 */
const openArchiveLua = `${readMarksLua}
local function openArchive(key, width)
  local t, known, isThere = readTable(key, width)
  if not isThere and redis.call('HEXISTS', KEYS[1], 'archived') == 1 then
    error({ err = 'DAMAGED the fields of the archive are gone' })
  end
  return t, known, isThere
end
`

/**
 * Defines `asText(bytes)`, which returns bytes as a text whose letters are the bytes: the client reads every reply as
 * UTF-8.
 */
const bytesAsTextLua = `
local wide
local function asText(bytes)
  if not wide then
    wide = {}
    for byte = 128, 255 do
      wide[string.char(byte)] = string.char(192 + math.floor(byte / 64), 128 + byte % 64)
    end
  end
  return (string.gsub(bytes, '[\\128-\\255]', wide))
end
`

/** Hex digits of the digest of one field: their sum over a record stays exact in a number. */
export const fieldDigits = 11

/**
 * Defines `digestOf(fields)`, the sum of a digest of each field. It is the same in any order of the fields, which changes
 * while the server resizes a hash.
 */
const digestLua = `
local function digestOf(fields)
  local sum = 0
  for at = 1, #fields, 2 do
    sum = sum + tonumber(string.sub(redis.sha1hex(fields[at] .. '\\n' .. fields[at + 1]), 1, ${fieldDigits}), 16)
  end
  return string.format('%.0f', sum)
end
`

/** Entries of one time, after which others that come late get a later time. */
const mostAtOnce = 512

/** Field of a restored record: the time of its restoration. It is not archived. */
export const restoredField = "restored"

/** Number of keys of an intent in {@link archiveScript}. */
export const keysOfArchived = 3

/**
 * Archives settled intents of one state.
 *
 * KEYS: stamp, archive, entries of the state, list of the state; then for each intent its bucket of tombstones; then
 * pairs of a bucket and the new bucket that takes a part of it; then for each intent its record, tombstone and tokens.
 * ARGV: deployment, state, milliseconds that a tombstone stays, table of tombstones (`addBuckets`), marks; then for each
 * intent its id, its id as bytes, the digest of the record that was read, and the packed record.
 * Answer: `early` in a store of an earlier format; the present table when KEYS do not fit it; otherwise a text with a
 * letter an intent: `a` archived, `c` not archived, because it has changed or a token may still arrive.
 *
 * The entry and the tombstone are written before the record is deleted (G5, G46). Entries of one state are in the order
 * in which their intents settled; one that settled before the last entry follows it. Such entries are spread over
 * time, because a reader looks through all entries of a mark's time.
 */
export const archiveScript = defineScript(
  "archive intents",
  `#!lua flags=allow-oom
${requireStamp}${readTime}${wholeNumbers}${openArchiveLua}${writeMarksLua}${digestLua}
if tonumber(redis.call('HGET', KEYS[1], 'format') or 1) < ${archiveFormat} then return 'early' end
local t, known, isThere = openArchive(KEYS[2], ARGV[3])
if not takeMarks(t, ARGV[4], ARGV[5], 0, 4, KEYS[2], false) then return ' ' .. tableText(t) end
local growAfter, top = unpack(redis.call('HMGET', KEYS[2], 'growAfter', 'top:' .. ARGV[2]))
local put, grow, flush = markWriter(t, tonumber(growAfter or 0))
local time, step = string.match(top or '0-0', '^(%d+)-(%d+)$')
time, step = tonumber(time), tonumber(step)
local entries, gone, answer, seen = {}, {}, {}, {}
for i = 1, t.size do
  local key, arg = t.last + ${keysOfArchived} * (i - 1), 5 + 4 * (i - 1)
  local id, record = ARGV[arg + 1], KEYS[key + 1]
  local at = not seen[id] and redis.call('ZSCORE', KEYS[4], id)
  local fields = at and redis.call('HGETALL', record)
  seen[id] = true
  if at and digestOf(fields) == ARGV[arg + 3] and redis.call('EXISTS', KEYS[key + 3]) == 0
    and redis.call('HGET', record, 'state') == ARGV[2] then
    local own = math.min(tonumber(at), now)
    if own > time then time, step = own, 0 else step = step + 1 end
    if step >= ${mostAtOnce} and time + t.unit <= now then time, step = time + t.unit, 0 end
    local entry = string.format('%.0f-%.0f', time, step)
    entries[#entries + 1] = { 'XADD', KEYS[3], entry, 'i', ARGV[arg + 2], 'v', ARGV[arg + 4] }
    put(i, whole(math.floor((time - t.begin) / t.unit)), redis.call('HEXISTS', KEYS[4 + i], t.marks[i]) == 1)
    gone[#gone + 1] = { 'ZREM', KEYS[4], id }
    gone[#gone + 1] = { 'DEL', record, KEYS[key + 2] }
    answer[i] = 'a'
  else
    answer[i] = 'c'
  end
end
if #entries > 0 then
  grow()
  if not isThere then write('HSET', KEYS[1], 'archived', '1') end
  write('HSET', KEYS[2], 'remembered', whole(t.remembered), 'top:' .. ARGV[2], string.format('%.0f-%.0f', time, step),
    changedFields(t, known))
  for _, command in ipairs(entries) do add(command) end
  flush()
  for _, command in ipairs(gone) do add(command) end
end
return table.concat(answer)
`
)

/**
 * Restores an archived intent: its record and its place in the list of its state.
 *
 * KEYS: stamp, record, tombstone, list of the state, entries of the state.
 * ARGV: deployment, intent id, entry, its id as bytes, time of the list, time at which the record expires, milliseconds
 * that the tombstone stays, then the fields of the record.
 * Answer: 1, or 0 when the entry is gone.
 *
 * The record is written before the entry is deleted (G46). Until then the record counts. It holds the time of its
 * restoration, so that it is not archived again before the next script has changed it.
 */
export const restoreScript = defineScript(
  "restore intent",
  `#!lua flags=allow-oom
${requireStamp}${readTime}${wholeNumbers}
local entry = redis.call('XRANGE', KEYS[5], ARGV[3], ARGV[3])[1]
if not entry or entry[2][2] ~= ARGV[4] then return 0 end
if redis.call('EXISTS', KEYS[2]) == 0 then
  write('SET', KEYS[3], '1', 'PX', ARGV[7])
  write('HSET', KEYS[2], '${restoredField}', whole(now), unpack(ARGV, 8))
  write('PEXPIREAT', KEYS[2], ARGV[6])
  write('ZADD', KEYS[4], ARGV[5], ARGV[2])
end
write('XDEL', KEYS[5], ARGV[3])
return 1
`
)

/**
 * Defines `findTombstone(key, mark, shape, width)`, which looks for a tombstone in the table of KEYS[key]; its buckets
 * in the present and the previous generation follow it. The mark is in hex. Returns its time and unit in milliseconds,
 * nil when there is none, or the present table as a text when KEYS do not fit it. Needs `now`.
 *
 * Nearly every caller asks for a mark that is not there, with KEYS for the table as it was last written. A mark that is in
 * neither bucket of that table is in no later one, so the answer needs no time and none of the functions that read it.
 */
export const findTombstoneLua = `
local function bytesOf(mark)
  return (string.gsub(mark, '%x%x', function(byte) return string.char(tonumber(byte, 16)) end))
end
local function isAbsent(key, hex, shape)
  local generation, buckets, before = unpack(redis.call('HMGET', KEYS[key], 'generation', 'buckets', 'before'))
  if not generation then return redis.call('HEXISTS', KEYS[1], 'archived') == 0 end
  if generation .. ' ' .. buckets .. ' ' .. before ~= shape then return false end
  local mark = bytesOf(hex)
  if redis.call('HEXISTS', KEYS[key + 1], mark) == 1 then return false end
  return before == '0' or redis.call('HEXISTS', KEYS[key + 2], mark) == 0
end
local function findTombstone(key, mark, shape, width)
  if isAbsent(key, mark, shape) then return nil end
  mark = bytesOf(mark)
  ${openArchiveLua}
  local t, _, isThere = openArchive(KEYS[key], width)
  if not isThere then return nil end
  local generation, buckets, before = string.match(shape, '(%d+) (%d+) (%d+)')
  if not isFor(t, generation, buckets, before, addressOf(mark)) then return ' ' .. tableText(t) end
  return findMark(t, mark, KEYS[key + 1], KEYS[key + 2])
end
`

/**
 * Defines `findArchived(first, id, from, unit)`, which looks for an archived intent, whose id is given as bytes, in the
 * entries of KEYS[first] and of the key after it. Returns the index of its key, the entry and the packed record as text.
 */
export const findArchivedLua = `${bytesAsTextLua}
local function findArchived(first, id, from, unit)
  local low, high = string.format('%.0f', from), string.format('%.0f', from + unit)
  for key = first, first + 1 do
    local after = low
    repeat
      local some = redis.call('XRANGE', KEYS[key], after, high, 'COUNT', 100)
      for _, entry in ipairs(some) do
        if entry[2][2] == id then return key, entry[1], asText(entry[2][4]) end
        after = '(' .. entry[1]
      end
    until #some < 100
  end
end
`

/**
 * Lists a page of archived intents of one state.
 *
 * KEYS: stamp, entries of the state.
 * ARGV: deployment, `newest` or `oldest`, lowest and highest entry, limit.
 * Answer: three texts an intent: entry, id as bytes, packed record. A page holds every entry of its last millisecond, so
 * that it may be sorted.
 */
export const listArchivedScript = defineScript(
  "list archived",
  `#!lua flags=no-writes
${requireStamp}${bytesAsTextLua}
local newest, low, high, limit = ARGV[2] == 'newest', ARGV[3], ARGV[4], tonumber(ARGV[5])
local answer, some, last = {}, nil, nil
repeat
  if newest then
    some = redis.call('XREVRANGE', KEYS[2], high, low, 'COUNT', 100)
  else
    some = redis.call('XRANGE', KEYS[2], low, high, 'COUNT', 100)
  end
  for _, entry in ipairs(some) do
    local time = string.match(entry[1], '^%d+')
    if #answer >= 3 * limit and time ~= last then return answer end
    last = time
    local at = #answer
    answer[at + 1], answer[at + 2], answer[at + 3] = entry[1], asText(entry[2][2]), asText(entry[2][4])
    if newest then high = '(' .. entry[1] else low = '(' .. entry[1] end
  end
until #some < 100
return answer
`
)

/**
 * Deletes a batch of archived intents whose retention has ended. Their tombstones stay.
 *
 * KEYS: stamp, entries of one state.
 * ARGV: deployment, milliseconds that an archived intent stays, limit.
 * Answer: the number of intents that were deleted.
 */
export const expireArchivedScript = defineScript(
  "expire archived",
  `#!lua flags=allow-oom
${requireStamp}${readTime}
local old = redis.call('XRANGE', KEYS[2], '-', string.format('%.0f', now - ARGV[2] - 1), 'COUNT', ARGV[3])
local ids = {}
for i, entry in ipairs(old) do ids[i] = entry[1] end
if #ids > 0 then write('XDEL', KEYS[2], unpack(ids)) end
return #ids
`
)

/**
 * Deletes tombstones whose retention has ended from some buckets of the previous generation, which would otherwise stay
 * until their generation ends.
 *
 * KEYS: stamp, archive, buckets of the previous generation.
 * ARGV: deployment, milliseconds that a tombstone stays, table that KEYS was made for (generation and buckets before).
 * Answer: the number of tombstones that were deleted, or the present table when KEYS do not fit it.
 */
export const expireTombstonesScript = defineScript(
  "expire tombstones",
  `#!lua flags=allow-oom
${requireStamp}${readTime}${openArchiveLua}
local t, _, isThere = openArchive(KEYS[2], ARGV[2])
if not isThere then return 0 end
if tonumber(ARGV[3]) ~= t.generation or tonumber(ARGV[4]) ~= t.before then return ' ' .. tableText(t) end
local deleted = 0
for key = 3, #KEYS do
  local all, old = redis.call('HGETALL', KEYS[key]), {}
  for at = 1, #all, 2 do
    if t.beginBefore + (all[at + 1] + 1) * t.unitBefore + ARGV[2] < now then old[#old + 1] = all[at] end
  end
  if #old > 0 then write('HDEL', KEYS[key], unpack(old)) end
  deleted = deleted + #old
end
return deleted
`
)
