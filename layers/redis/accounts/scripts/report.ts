import type { Timing } from "../../../../src/outbound/accounts/accounts.ts"
import { defineScript } from "../../scripting/script.ts"
import { countingLua, pausingLua, accountPrelude } from "./prelude.ts"

/** Milliseconds of the n-th wait in a row: what the provider asks for, else by the row of its error. */
const waiting = `
local function waitOf(asked, first, factor, most, nth)
  if asked ~= '' then return tonumber(asked) end
  return math.min(tonumber(most), tonumber(first) * tonumber(factor) ^ math.min(nth, 32)) * 1000
end
`

/**
 * KEYS: stamp, account, receipt of the intent, hold of the recipient. ARGV: deployment, credentials, other calls that have
 * ended well, intent id, health, must what follows pay again, failure code; then the pause: reason or nothing, asked, first,
 * factor, most; then the hold: is there one, asked, first, factor, most. Answers what has changed.
 *
 * Calls that had left before a pause began and end alike do not make it longer by their number.
 */
export const reportScriptOf = (timing: Timing) =>
  defineScript(
    "report to account",
    `#!lua flags=allow-oom
${accountPrelude}${countingLua(timing)}${pausingLua}${waiting}
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
