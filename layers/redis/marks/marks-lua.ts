import { fill, markBytes } from "./mark-table.ts"

/** Names the fields that describe a table, in the hash that keeps them. */
export const tableFields = "'generation', 'buckets', 'remembered', 'before'"

/** Names the fields of a generation's times: it begins at its number times `width`, plus `shift`. */
export const timeFields = "'width', 'shift', 'widthBefore'"

/** Largest time of a mark, in units from the beginning of its generation: 24 bits hold it. */
const longest = 8_388_607

/**
 * Milliseconds without a new bucket after KEYS did not fit. A replica that grows the table must not lock out another
 * one, which has to learn of the growth first.
 */
const growthPauseMs = 100

/**
 * Defines what every script that reads marks needs. Needs `now`.
 *
 * - `addressOf(mark)` and `bucketOf(address, buckets)`, equal to `markAddress` and `bucketOf` of `mark-table.ts`.
 * - `openTable(known, configured)` returns the present table. `known` are the numbers of {@link tableFields} and
 *   {@link timeFields}; `configured` is the width of a generation in milliseconds. A new generation begins with half the
 *   buckets of the previous one. Another width takes effect only with a new generation, so no mark is lost when an
 *   operator changes the retention. Buckets that are written before that stay for the larger width. `unit` and
 *   `unitBefore` are the milliseconds in which a mark of each generation counts from its `begin` or `beginBefore`.
 * - `readTable(key, configured)` reads the fields of the hash `key`, and returns the present table, the fields as numbers,
 *   and whether they are there.
 * - `tableText(t)` returns the table as the caller reads it.
 * - `isFor(t, generation, buckets, before, address)` returns true when KEYS, made for that table, name the buckets of
 *   the address.
 * - `findMark(t, mark, present, earlier)` returns the time of a mark in milliseconds and its unit, or nil. The keys are
 *   its buckets in the present and the previous generation.
 */
export const readMarksLua = `
local function addressOf(mark)
  local a, b, c, d = string.byte(mark, 9, 12)
  return ((a * 256 + b) * 256 + c) * 256 + d
end
local function bucketOf(address, buckets)
  local whole = 1
  while whole < buckets do whole = whole * 2 end
  local bucket = address % whole
  return bucket < buckets and bucket or address % (whole / 2)
end
local function openTable(known, configured)
  local generation, buckets, remembered, before, width, shift, widthBefore = unpack(known, 1, 7)
  if width == 0 then width, widthBefore = configured, configured end
  local function turn()
    local due = math.floor((now - shift) / width)
    if due <= generation then return false end
    before = due == generation + 1 and buckets or 0
    generation, buckets, remembered, widthBefore = due, math.max(1, math.floor(before / 2)), 0, width
    return true
  end
  if turn() and width ~= configured then
    shift, width = shift + generation * (width - configured), configured
    turn()
  end
  local begin = generation * width + shift
  return {
    generation = generation, buckets = buckets, remembered = remembered, before = before,
    width = width, shift = shift, widthBefore = widthBefore, begin = begin, beginBefore = begin - widthBefore,
    stays = math.max(width, configured),
    unit = math.ceil(width / ${longest}), unitBefore = math.ceil(widthBefore / ${longest})
  }
end
local function readTable(key, configured)
  local known = redis.call('HMGET', key, ${tableFields}, ${timeFields})
  local isThere = known[1] ~= false
  for i = 1, 7 do known[i] = tonumber(known[i] or 0) end
  return openTable(known, tonumber(configured)), known, isThere
end
local function tableText(t)
  return string.format('%.0f %.0f %.0f %.0f', t.generation, t.buckets, t.remembered, t.before)
end
local function isFor(t, generation, buckets, before, address)
  return tonumber(generation) == t.generation and tonumber(before) == t.before
    and bucketOf(address, tonumber(buckets)) == bucketOf(address, t.buckets)
end
local function findMark(t, mark, present, earlier)
  local value, origin, unit = redis.call('HGET', present, mark), t.begin, t.unit
  if not value and t.before > 0 then
    value, origin, unit = redis.call('HGET', earlier, mark), t.beginBefore, t.unitBefore
  end
  if value then return origin + value * unit, unit end
end
`

/**
 * Defines what a script that writes marks needs beside {@link readMarksLua}. Needs `now`, `whole`, `write` and `add`.
 *
 * - `chunks(first, last, act)` calls `act(from, to)` for ranges that `unpack` can take.
 * - `takeMarks(t, shape, marks, from, key, counters, earlier)` takes the marks of a part into table `t`. `shape` is the
 *   text of `addBuckets`, `marks` the marks one after another, `from` the bytes before the first one, `key` the index in
 *   KEYS before the first bucket, `counters` the key of the table's fields, and `earlier` whether KEYS name the buckets of
 *   the previous generation too. Returns false when KEYS do not fit, after it has noted a pause of the growth.
 * - `markWriter(t, growAfter)` returns three functions: `put(i, value, known)` stores the value of mark `i` (`known`: the
 *   mark is in its bucket already); `grow()` adds buckets, as far as KEYS name them, from `growAfter` on; `flush()`
 *   queues the writes. A script queues the table's fields between the last two.
 * - `changedFields(t, known)` returns fields and values of a table that differs from `known`.
 */
export const writeMarksLua = `
local function chunks(first, last, act)
  for from = first, last, 500 do act(from, math.min(from + 499, last)) end
end
local function takeMarks(t, shape, marks, from, key, counters, earlier)
  local generation, guess, before, size, steps = string.match(shape, '(%d+) (%d+) (%d+) (%d+) (%d+)')
  guess, size = tonumber(guess), tonumber(size)
  local sameAge = tonumber(generation) == t.generation and tonumber(before) == t.before
  local fit = sameAge
  t.marks, t.size, t.guess, t.key = {}, size, guess, key
  for i = 1, size do
    t.marks[i] = string.sub(marks, from + (i - 1) * ${markBytes} + 1, from + i * ${markBytes})
    if guess ~= t.buckets and fit then
      local address = addressOf(t.marks[i])
      fit = bucketOf(address, guess) == bucketOf(address, t.buckets)
    end
  end
  t.old = key + size
  t.pair = t.old + (earlier and tonumber(before) > 0 and size or 0)
  t.last = t.pair + 2 * steps
  if sameAge and not fit then write('HSET', counters, 'growAfter', whole(now + ${growthPauseMs})) end
  return fit
end
local function changedFields(t, known)
  if t.generation == known[1] and t.buckets == known[2] and t.before == known[4] and t.width == known[5] then return end
  return 'generation', whole(t.generation), 'buckets', whole(t.buckets), 'before', whole(t.before),
    'width', whole(t.width), 'shift', whole(t.shift), 'widthBefore', whole(t.widthBefore)
end
local function markWriter(t, growAfter)
  local added, order, gone = {}, {}, {}
  local function remember(bucket, mark, value)
    if not added[bucket] then
      added[bucket] = {}
      order[#order + 1] = bucket
    end
    added[bucket][mark] = value
  end
  local function put(i, value, known)
    remember(KEYS[t.key + i], t.marks[i], value)
    if not known then t.remembered = t.remembered + 1 end
  end
  local function grow()
    local pair, buckets = t.pair, t.buckets
    local grows = t.guess == buckets and now >= growAfter
    while grows and pair < t.last and t.remembered > ${fill} * buckets do
      local reach, source, target = 1, KEYS[pair + 1], KEYS[pair + 2]
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
      t.lasting = false
      buckets, pair = buckets + 1, pair + 2
    end
    t.buckets = buckets
  end
  local function flush()
    local expires = whole(t.begin + t.width + t.stays)
    for _, bucket in ipairs(order) do
      local marks = {}
      for mark, value in pairs(added[bucket]) do
        marks[#marks + 1] = mark
        marks[#marks + 1] = value
      end
      chunks(1, #marks, function(from, to) write('HSET', bucket, unpack(marks, from, to)) end)
      if #marks > 0 and not t.lasting then write('PEXPIREAT', bucket, expires, 'NX') end
      if #marks > 0 and t.stays > t.width then write('PEXPIREAT', bucket, expires, 'GT') end
    end
    for i = 1, #gone do add(gone[i]) end
  end
  return put, grow, flush
end
`
