import type { Timing } from "../../../../src/outbound/accounts/accounts.ts"
import { defineScript } from "../../scripting/script.ts"
import { countLua, accountPrelude } from "./prelude.ts"

/**
 * Decides whether an intent of an account may be performed now, and takes a slot of each limit.
 *
 * KEYS: stamp, account, receipt of the intent, hold of the recipient, limits.
 * ARGV: deployment, hash of the credential, number of calls that have ended well, intent id, then for each limit
 * milliseconds and burst.
 * Answer: the fields of an `AcquireDecision`: tag, reason of the pause that has ended, 1 when the intent has begun, and
 * what the tag needs. When the intent is allowed and no pause has ended, the answer is one number: 1 when it has begun,
 * plus 2 when it is a trial.
 *
 * A limit is the time at which everything taken so far would have gone out one by one. The burst bounds how far it may
 * be ahead. When it is further ahead, the store's clock was set back, and the script sets the limit back too.
 */
export const acquireScriptOf = (timing: Timing) =>
  defineScript(
    "ask account",
    `#!lua
${accountPrelude}${countLua(timing)}
if tonumber(ARGV[3]) > 0 then count(tonumber(ARGV[3]), 0) end
local begun = redis.call('EXISTS', KEYS[3])
local trying = why == 'breaker' and now >= till and not (try and try > now)
if why and not trying then
  local ends = why == 'breaker' and math.max(till, try or 0) or till
  return { 'Paused', resumed, begun, why, since, till and at(till) or '', code or '', ends and ends - now or 0 }
end
local held = redis.call('HMGET', KEYS[4], 'until', 'nth')
if held[1] and tonumber(held[1]) > now then return { 'Held', resumed, begun, tonumber(held[1]) - now } end
if begun == 0 then
  local taken = {}
  local limited, wait
  for i = 5, #KEYS do
    local every, burst = tonumber(ARGV[2 * i - 5]), tonumber(ARGV[2 * i - 4])
    local most = now + every * burst
    local stored = tonumber(redis.call('GET', KEYS[i])) or 0
    if stored > most + 0.001 then
      stored = most
      write('SET', KEYS[i], string.format('%.3f', most), 'PX', math.ceil(most - now) + 1000)
    end
    taken[i] = math.max(stored, now) + every
    if not limited and taken[i] - most > 0.001 then limited, wait = i, taken[i] - most end
  end
  if limited then return { 'Limited', resumed, begun, math.ceil(wait), limited - 5 } end
  for i = 5, #KEYS do
    write('SET', KEYS[i], string.format('%.3f', taken[i]), 'PX', math.ceil(taken[i] - now) + 1000)
  end
  write('SET', KEYS[3], '1', 'PX', ${timing.receipt})
end
if trying then write('HSET', KEYS[2], 'try', at(now + ${timing.tryWithin}), 'trier', ARGV[4]) end
local trial = (trying or throttles or held[2]) and 1 or 0
if resumed == '' then return begun + 2 * trial end
return { 'Allowed', resumed, begun, trial }
`,
    { fleeting: true }
  )

/**
 * Gives back what {@link acquireScriptOf} took, with the same KEYS and ARGV. A part of a limit that has passed
 * meanwhile is not given back, so the limit never allows more than without both calls.
 */
export const refundScript = defineScript(
  "refund account",
  `#!lua flags=allow-oom
${accountPrelude}
for i = 5, #KEYS do
  local next = tonumber(redis.call('GET', KEYS[i]))
  if next then
    next = next - tonumber(ARGV[2 * i - 5])
    if next > now then
      write('SET', KEYS[i], string.format('%.3f', next), 'PX', math.ceil(next - now) + 1000)
    else
      write('DEL', KEYS[i])
    end
  end
end
if trier == ARGV[4] then write('HDEL', KEYS[2], 'try', 'trier') end
return 1
`,
  { fleeting: true }
)
