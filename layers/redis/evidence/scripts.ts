import { mostEvidence, writtenWithin } from "../../../src/gate/evidence/evidence-store.ts"
import { readTime, requireStamp } from "../scripting/lua.ts"
import { defineScript } from "../scripting/script.ts"

/** Records of one page. */
const page = 256

/**
 * Writes a recorded fact over the one that its recorder has read.
 *
 * KEYS: stamp, records, ranks.
 * ARGV: deployment, id, SHA-1 of the text that is replaced or an empty text, record, time of the record, rank.
 * Answer: `written`, `late` when the time of the record is not the store's, `changed` when another text is there.
 */
export const writeEvidenceScript = defineScript(
  "write evidence",
  `#!lua
${requireStamp}${readTime}
local present = redis.call('HGET', KEYS[2], ARGV[2])
if present == ARGV[4] then return 'written' end
if math.abs(now - tonumber(ARGV[5])) > ${writtenWithin} then return 'late' end
if (present and redis.sha1hex(present) or '') ~= ARGV[3] then return 'changed' end
local over = present and 0 or redis.call('HLEN', KEYS[2]) + 1 - ${mostEvidence}
if over > 0 then
  local gone = redis.call('ZRANGE', KEYS[3], 0, over - 1)
  if #gone > 0 then
    write('HDEL', KEYS[2], unpack(gone))
    write('ZREM', KEYS[3], unpack(gone))
  end
end
write('HSET', KEYS[2], ARGV[2], ARGV[4])
write('ZADD', KEYS[3], ARGV[6], ARGV[2])
return 'written'
`
)

/**
 * Reads a page of recorded facts.
 *
 * KEYS: stamp, records.
 * ARGV: deployment, cursor.
 * Answer: time, next cursor (`0` after the last page), then two texts a record: id, record.
 */
export const readEvidenceScript = defineScript(
  "read evidence",
  `#!lua flags=no-writes
${requireStamp}${readTime}
local scanned = redis.call('HSCAN', KEYS[2], ARGV[2], 'COUNT', ${page})
local answer = { string.format('%.0f', now), scanned[1] }
for i, text in ipairs(scanned[2]) do answer[i + 2] = text end
return answer
`
)
