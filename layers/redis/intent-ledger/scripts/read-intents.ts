import { readTime, requireStamp } from "../../scripting/lua.ts"
import { defineScript } from "../../scripting/script.ts"
import { findArchivedLua, findTombstoneLua } from "./archive.ts"

/**
 * Reads one intent.
 *
 * KEYS: stamp, record, tombstone, archive, the two buckets of its tombstone, entries of archived intents by state.
 * ARGV: deployment, its id as bytes, mark, table of tombstones (generation, buckets, buckets before), milliseconds that a
 * tombstone and an archived intent stay.
 * Answer: nil; `expired`; the present table as a text when KEYS do not fit it; the time and the record; or, for an
 * archived intent, the time, the number of its state, its entry, and the packed record.
 */
const readLua = `
${requireStamp}${readTime}
local record = redis.call('HGETALL', KEYS[2])
if #record > 0 then return { now, record } end
if redis.call('EXISTS', KEYS[3]) == 1 then return 'expired' end
${findTombstoneLua}${findArchivedLua}
local from, unit = findTombstone(4, ARGV[3], ARGV[4], ARGV[5])
if not from then return false end
if not unit then return from end
local key, entry, packed = findArchived(7, ARGV[2], from, unit)
if not key or string.match(entry, '^%d+') + ARGV[6] < now then return 'expired' end
return { now, key - 7, entry, packed }
`

export const readScript = defineScript("read intent", `#!lua flags=no-writes${readLua}`)

/** Reads one intent durably: when replicas are configured, they must have what the script finds (G3). */
export const readDurablyScript = defineScript("read intent durably", `#!lua flags=allow-oom${readLua}`)

/**
 * Defines `page(found, list, first, last, many, lastScore, lastId, reversed)`, which appends at least `many` entries of a
 * sorted set to `found`, when it has so many: ids and scores in turn, after the entry at which the previous page ended. It
 * continues after a score and id, not after a rank, so an entry that leaves meanwhile hides none.
 */
export const pageLua = `
local function page(found, list, first, last, many, lastScore, lastId, reversed)
  local function isLater(id)
    if reversed then return id < lastId end
    return id > lastId
  end
  local skip, taken, some = 0, 0, nil
  repeat
    if reversed then
      some = redis.call('ZRANGE', list, first, last, 'BYSCORE', 'REV', 'LIMIT', skip, many, 'WITHSCORES')
    else
      some = redis.call('ZRANGE', list, first, last, 'BYSCORE', 'LIMIT', skip, many, 'WITHSCORES')
    end
    for i = 1, #some, 2 do
      if some[i + 1] ~= lastScore or isLater(some[i]) then
        taken = taken + 1
        found[#found + 1] = some[i]
        found[#found + 1] = some[i + 1]
      end
    end
    skip = skip + many
  until taken >= many or #some < 2 * many
  return found
end
`

/**
 * Lists a page of the intents of one state and partition, oldest first.
 *
 * KEYS: stamp, list of the state.
 * ARGV: deployment, limit, and the time and the intent id after which to list, or empty texts.
 * Answer: ids and times in turn.
 */
export const listOldestScript = defineScript(
  "list accepted",
  `#!lua flags=no-writes
${requireStamp}${pageLua}
local lastAt = ARGV[3]
return page({}, KEYS[2], lastAt == '' and '-inf' or lastAt, '+inf', tonumber(ARGV[2]), lastAt, ARGV[4])
`
)

/**
 * Reads the lanes of accepted intents.
 *
 * KEYS: stamp, records.
 * ARGV: deployment.
 * Answer: the lane of each record that is accepted; an empty text for any other.
 */
export const readLanesScript = defineScript(
  "lanes of accepted",
  `#!lua flags=no-writes
${requireStamp}
local answer = {}
for i = 2, #KEYS do
  local state, lane = unpack(redis.call('HMGET', KEYS[i], 'state', 'lane'))
  answer[#answer + 1] = state == 'accepted' and lane or ''
end
return answer
`
)
