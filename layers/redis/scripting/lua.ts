/**
 * Follows the deployment's id in the stamp of a store of format 2. A release that knows only format 1 compares the id
 * alone, so it is refused from the upgrade on: it would not see archived intents, and would perform them again (G5).
 */
export const formatMark = ".2"

/**
 * Requires that a partition's stamp is the one of the calling deployment (G4), and completes what an earlier script of
 * the partition left unfinished (G46).
 */
export const requireStampOf = (key: string, completing: "finish" | "give" = "finish") => `
do
  local stamp = redis.call('HMGET', ${key}, 'id', 'unfinished', 'begun', 'history')
  if stamp[1] ~= ARGV[1] and stamp[1] ~= ARGV[1] .. '${formatMark}' then
    return redis.error_reply('STAMP the store is not the one that this deployment was started on')
  end
  if stamp[2] and ${completing} then
    ${completing}(${key}, stamp[2])
    stamp[3] = redis.call('HGET', ${key}, 'begun')
  end
  if begins then
    counted[${key}] = { tonumber(stamp[3] or 0), stamp[4] or '' }
    read[${key}] = 'hash'
  end
end
`

/** Begins every script: KEYS[1] is the partition's stamp, ARGV[1] the calling deployment (G4). */
export const requireStamp = requireStampOf("KEYS[1]")

/** Follows in every script of an owner: KEYS[2] is the partition's lease, ARGV[2] the epoch of the owner (G30). */
export const requireEpoch = `
if redis.call('HGET', KEYS[2], 'epoch') ~= ARGV[2] then return 'stale' end
`

/** Defines `now`: the store's clock in milliseconds (G8). */
export const readTime = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
`

/** Defines `whole(number)`, which returns the digits of a number without an exponent. */
export const wholeNumbers = `
local function whole(number) return string.format('%.0f', number) end
`
