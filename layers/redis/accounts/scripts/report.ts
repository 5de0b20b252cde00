import type { Timing } from "../../../../src/outbound/accounts/accounts.ts"
import { defineScript } from "../../scripting/script.ts"
import { countLua, pauseLua, accountPrelude } from "./prelude.ts"

/**
 * Defines `waitOf(…)`, which returns the milliseconds of the n-th wait in a row: the time that the provider requests,
 * otherwise the wait of the error's row.
 */
const waitLua = `
local function waitOf(asked, first, factor, most, nth)
  if asked ~= '' then return tonumber(asked) end
  return math.min(tonumber(most), tonumber(first) * tonumber(factor) ^ math.min(nth, 32)) * 1000
end
`

/**
 * Reports the end of a call to its account.
 *
 * KEYS: stamp, account, receipt of the intent, hold of the recipient.
 * ARGV: deployment, hash of the credential, number of other calls that have ended well, intent id, health, 1 when the
 * next call must pay again, failure code; then the pause: reason or an empty text, requested milliseconds, first,
 * factor, most; then the hold: 1 when there is one, requested milliseconds, first, factor, most.
 * Answer: the changes.
 *
 * Calls that began before a pause and end alike do not extend it, however many they are.
 */
export const reportScriptOf = (timing: Timing) =>
  defineScript(
    "report to account",
    `#!lua flags=allow-oom
${accountPrelude}${countLua(timing)}${pauseLua}${waitLua}
if resumed ~= '' then changes[1] = { 'Resumed', resumed } end
local good, bad = ARGV[5] == 'good', ARGV[5] == 'bad'
local tried = why == 'breaker' and trier == ARGV[4]
local calls, failed = count(tonumber(ARGV[3]) + ((good or bad) and 1 or 0), bad and 1 or 0)
if ARGV[6] == '1' then write('DEL', KEYS[3]) end

if tried and good then
  write('HDEL', KEYS[2], 'openings', 'window')
  changes[#changes + 1] = { 'Resumed', go() }
elseif tried and bad or bad and not why and calls >= ${timing.calls} and failed * 2 >= calls then
  local nth = tonumber(openings) or 0
  write('HSET', KEYS[2], 'openings', nth + 1)
  write('HDEL', KEYS[2], 'window')
  pause('breaker', now + math.min(${timing.most}, ${timing.open} * 2 ^ nth), ARGV[7])
elseif tried then
  write('HDEL', KEYS[2], 'try', 'trier')
end

if ARGV[8] == 'throttled' then
  local again, nth = why == 'throttled', tonumber(throttles) or 0
  if ARGV[9] ~= '' or not again then
    pause('throttled', now + waitOf(ARGV[9], ARGV[10], ARGV[11], ARGV[12], nth), ARGV[7])
  end
  if not again then write('HSET', KEYS[2], 'throttles', nth + 1) end
elseif ARGV[8] ~= '' then
  pause(ARGV[8], nil, ARGV[7])
elseif good and why ~= 'throttled' then
  write('HDEL', KEYS[2], 'throttles')
end

local held = redis.call('HMGET', KEYS[4], 'until', 'nth')
local before, nth = tonumber(held[1]) or 0, tonumber(held[2]) or 0
local again = before > now
if ARGV[13] == '1' then
  local wait = waitOf(ARGV[14], ARGV[15], ARGV[16], ARGV[17], nth)
  if ARGV[14] ~= '' or not again then
    write('HSET', KEYS[4], 'until', at(math.max(before, now + wait)), 'nth', again and nth or nth + 1)
    write('PEXPIRE', KEYS[4], math.ceil(math.max(before - now, wait) * 2 + 60000))
  end
  if not again then changes[#changes + 1] = { 'Held', at(wait) } end
elseif good and not again then
  write('DEL', KEYS[4])
end
return changes
`,
    { fleeting: true }
  )
