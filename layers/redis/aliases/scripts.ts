import { readMarksLua } from "../marks/marks-lua.ts"
import { readTime, requireStamp, wholeNumbers } from "../scripting/lua.ts"
import { defineScript } from "../scripting/script.ts"
import { aliasRetention } from "../../../src/partition/aliases.ts"

/**
 * Defines `age`: the present generation of aliases. KEYS name that generation and the previous one, as the caller last
 * read them.
 */
const readAge = `${readTime}${wholeNumbers}
local age = math.floor(now / ${aliasRetention})
`

/**
 * Finds the aliases of events, and whether the events were admitted.
 *
 * KEYS: stamp, counters, then four for each event: the bucket of its alias in the present generation and in the
 * previous one, the bucket of its mark in the present generation and in the previous one.
 * ARGV: deployment, generation of aliases, the table of marks that KEYS was made for (generation, buckets, buckets
 * before), width of a generation of marks in milliseconds, then a field and a mark for each event.
 * Answer: the generation of aliases and the table of marks; then, when KEYS fits both, a text for each event: `!` when
 * its mark is there, otherwise `=` (present) or `-` (previous) and the conversation, or an empty text.
 */
export const findAliasesScript = defineScript(
  "find aliases",
  `#!lua flags=no-writes
${requireStamp}${readAge}${readMarksLua}
local t = readTable(KEYS[2], ARGV[6])
local answer = { whole(age), tableText(t) }
local fits = tonumber(ARGV[2]) == age
for at = 8, #ARGV, 2 do fits = fits and isFor(t, ARGV[3], ARGV[4], ARGV[5], addressOf(ARGV[at])) end
if not fits then return answer end
local key = 3
for at = 7, #ARGV, 2 do
  local field, mark = ARGV[at], ARGV[at + 1]
  local present, earlier = KEYS[key], KEYS[key + 1]
  local found = ''
  if redis.call('HEXISTS', KEYS[key + 2], mark) == 1 or (t.before > 0 and redis.call('HEXISTS', KEYS[key + 3], mark) == 1) then
    found = '!'
  else
    local one = redis.call('HGET', present, field)
    local other = not one and redis.call('HGET', earlier, field)
    found = one and '=' .. one or other and '-' .. other or ''
  end
  answer[#answer + 1] = found
  key = key + 4
end
return answer
`
)

/**
 * Stores aliases.
 *
 * KEYS: stamp, then a bucket of the present generation for each alias.
 * ARGV: deployment, generation, then a field and a value for each alias.
 * Answer: an empty text, or the generation when KEYS is not of it.
 */
export const learnAliasesScript = defineScript(
  "learn aliases",
  `#!lua
${requireStamp}${readAge}
if tonumber(ARGV[2]) ~= age then return whole(age) end
for i = 2, #KEYS do
  write('HSET', KEYS[i], ARGV[2 * i - 1], ARGV[2 * i])
  write('PEXPIREAT', KEYS[i], whole((age + 2) * ${aliasRetention}))
end
return ''
`
)

/**
 * Lists the aliases of conversations in some buckets.
 *
 * KEYS: stamp, buckets of aliases.
 * ARGV: deployment, generation, values.
 * Answer: the generation, then the fields that hold one of the values.
 */
export const listAliasesScript = defineScript(
  "list aliases",
  `#!lua flags=no-writes
${requireStamp}${readAge}
local wanted, answer = {}, { whole(age) }
if tonumber(ARGV[2]) ~= age then return answer end
for i = 3, #ARGV do wanted[ARGV[i]] = true end
for i = 2, #KEYS do
  local all = redis.call('HGETALL', KEYS[i])
  for at = 1, #all, 2 do
    if wanted[all[at + 1]] then answer[#answer + 1] = all[at] end
  end
end
return answer
`
)

/**
 * Erases aliases. The script drains, so it is `allow-oom`.
 *
 * KEYS: stamp, then two buckets for each alias.
 * ARGV: deployment, generation, fields.
 * Answer: the number of aliases that were there, or `g` and the generation when KEYS is not of it.
 */
export const eraseAliasesScript = defineScript(
  "forget aliases",
  `#!lua flags=allow-oom
${requireStamp}${readAge}
if tonumber(ARGV[2]) ~= age then return 'g' .. whole(age) end
local count = 0
for i = 3, #ARGV do
  local there = 0
  for at = 2 * i - 4, 2 * i - 3 do
    if redis.call('HEXISTS', KEYS[at], ARGV[i]) == 1 then
      there = 1
      write('HDEL', KEYS[at], ARGV[i])
    end
  end
  count = count + there
end
return whole(count)
`
)
