import { pauseRank } from "../../../../src/domain/pause.ts"
import type { Timing } from "../../../../src/outbound/accounts/accounts.ts"
import { readTime, requireStamp } from "../../scripting/lua.ts"

/**
 * Begins every script of an account. Ends a pause that is over; `resumed` is then the reason of that pause.
 *
 * KEYS: stamp, account, …
 * ARGV: deployment, hash of the credential, …
 */
export const accountPrelude = `${requireStamp}${readTime}
local state = redis.call('HMGET', KEYS[2], 'why', 'since', 'until', 'code', 'credential', 'throttles', 'openings', 'try', 'trier')
local why, since, till, code, credential, throttles, openings, try, trier = unpack(state, 1, 9)
till, since, try = tonumber(till), tonumber(since), tonumber(try)

local function at(time)
  return string.format('%.0f', time)
end

local function go()
  write('HDEL', KEYS[2], 'why', 'since', 'until', 'code', 'credential', 'try', 'trier')
  local before = why
  why, since, till, code, try = false, nil, nil, false, nil
  return before
end

local resumed = ''
if (why == 'throttled' and till and now >= till) or (why == 'auth' and credential ~= ARGV[2]) then resumed = go() end
`

/**
 * Defines `count(ended, bad)`, which adds calls that have ended, `bad` of them badly, and returns both numbers of the
 * whole window.
 */
export const countLua = ({ window, slices }: Timing) => `
local function count(ended, bad)
  local slice = math.floor(now / ${window / slices})
  local calls, failed, text = 0, 0, ''
  for past, c, f in string.gmatch(redis.call('HGET', KEYS[2], 'window') or '', '(%d+) (%d+) (%d+);') do
    past, c, f = tonumber(past), tonumber(c), tonumber(f)
    if past == slice then
      ended, bad = ended + c, bad + f
    elseif past > slice - ${slices} then
      calls, failed = calls + c, failed + f
      text = text .. at(past) .. ' ' .. c .. ' ' .. f .. ';'
    end
  end
  write('HSET', KEYS[2], 'window', text .. at(slice) .. ' ' .. ended .. ' ' .. bad .. ';')
  return calls + ended, failed + bad
end
`

const ranks = Object.entries(pauseRank).map(([why, rank]) => `${why} = ${rank}`)

/**
 * Defines `pause(reason, ends, because)`, which pauses the account unless a graver pause holds, and adds a new pause to
 * `changes`.
 */
export const pauseLua = `
local changes = {}
local rank = { ${ranks.join(", ")} }

local function pause(reason, ends, because)
  if why and rank[why] > rank[reason] then return end
  if why == reason and reason ~= 'breaker' then
    if till and ends and ends > till then write('HSET', KEYS[2], 'until', at(ends)) end
    return
  end
  since = why == reason and since or now
  why, till = reason, ends
  write('HDEL', KEYS[2], 'try', 'trier')
  write('HSET', KEYS[2], 'why', why, 'since', at(since), 'until', till and at(till) or '', 'code', because,
    'credential', ARGV[2])
  changes[#changes + 1] = { 'Paused', why, at(since), till and at(till) or '', because }
end
`
