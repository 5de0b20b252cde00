import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { InfraError } from "../../../src/domain/failure.ts"
import { IntentId } from "../../../src/domain/ids.ts"
import type {
  FingerprintMatches,
  FingerprintSearch,
  IntentLedger,
  LookAlike
} from "../../../src/outbound/ledger/intent-ledger.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import { isUnreadable, unexpectedReply } from "../failure.ts"
import { readTime, requireStamp } from "../scripting/lua.ts"
import { asInteger, asTexts } from "../scripting/reply.ts"
import { defineScript } from "../scripting/script.ts"
import type { ArchiveReader } from "./archive.ts"
import type { LedgerContext } from "./context.ts"
import { readScript } from "./scripts/read-intents.ts"
import { intentKeys } from "./keys.ts"
import { unindexedBelow } from "./provable.ts"
import { decodeIntentRecord } from "./codec.ts"

/** Attempts that are read for one fingerprint in one partition. Two that match already prove nothing. */
const most = 32

/**
 * Finds the attempts of fingerprints in one partition.
 *
 * KEYS: stamp, receipt, list of provable intents, fingerprints.
 * ARGV: deployment, earliest and latest claim in milliseconds, limit for each fingerprint.
 * Answer: the owner of the receipt or an empty text, 1 when an intent has no fingerprints, 1 when there are more
 * attempts, then in turn the index of a fingerprint, an attempt and the time of its claim.
 */
const findScript = defineScript(
  "find fingerprints",
  `#!lua flags=no-writes
${requireStamp}
local plain = redis.call('ZRANGE', KEYS[3], '-inf', '${unindexedBelow}', 'BYSCORE', 'LIMIT', 0, 1)
local answer = { redis.call('GET', KEYS[2]) or '', tostring(#plain), '0' }
local most = tonumber(ARGV[4])
for i = 4, #KEYS do
  local found = redis.call('ZRANGE', KEYS[i], ARGV[2], ARGV[3], 'BYSCORE', 'LIMIT', 0, most + 1, 'WITHSCORES')
  if #found > 2 * most then answer[3] = '1' end
  for at = 1, math.min(#found, 2 * most), 2 do
    answer[#answer + 1] = tostring(i - 4)
    answer[#answer + 1] = found[at]
    answer[#answer + 1] = found[at + 1]
  end
end
return answer
`
)

/**
 * Reads the records of the attempts that were found.
 *
 * KEYS: stamp, receipt, records.
 * ARGV: deployment.
 * Answer: the time, the owner of the receipt or an empty text, and each record.
 */
const readLookAlikesScript = defineScript(
  "read look-alikes",
  `#!lua flags=no-writes
${requireStamp}${readTime}
local answer = { now, redis.call('GET', KEYS[2]) or '' }
for i = 3, #KEYS do answer[#answer + 1] = redis.call('HGETALL', KEYS[i]) end
return answer
`
)

/**
 * Removes attempts from their fingerprints. A removal that is lost with a primary happens another time.
 *
 * KEYS: stamp, fingerprints.
 * ARGV: deployment, the attempt to remove from each fingerprint.
 * Answer: the number of attempts that were removed.
 */
const removeScript = defineScript(
  "remove fingerprints",
  `#!lua flags=allow-oom
${requireStamp}
local removed = 0
for i = 2, #KEYS do
  if redis.call('ZSCORE', KEYS[i], ARGV[i]) then
    removed = removed + 1
    write('ZREM', KEYS[i], ARGV[i])
  end
end
return removed
`,
  { fleeting: true }
)

const decodeMatches = Schema.decodeUnknownEffect(
  Schema.TupleWithRest(Schema.Tuple([Schema.Finite, Schema.String]), [Schema.Array(Schema.String)])
)
const isId = Schema.is(IntentId)

const memberOf = ({ intentId, attempt }: Pick<LookAlike, "intentId" | "attempt">) => `${intentId}:${attempt}`

const attemptOf = (member: string) => {
  const [id, attempt = ""] = member.split(":")
  return isId(id) && /^[1-9]\d{0,8}$/.test(attempt) ? { intentId: id, attempt: Number(attempt) } : undefined
}

interface Found {
  readonly intentId: IntentId
  readonly attempt: number
  readonly claimedAt: number
  readonly fingerprints: Array<string>
}

/**
 * Finds and removes attempts in the index of fingerprints, which lies in the partition of each intent. A search runs
 * one script a partition, however many intents are open, and a second one where it found attempts.
 */
export const fingerprintMethods = (
  { store, deployment, reading }: LedgerContext,
  { find }: ArchiveReader
): Pick<IntentLedger["Service"], "findByFingerprint" | "removeFingerprints"> => {
  const partitions = Array.from({ length: deployment.partitions }, (_, partition) => partition)

  const inPartition = Effect.fnUntraced(function* (
    partition: number,
    { fingerprints, mark, from, to }: FingerprintSearch
  ): Effect.fn.Return<FingerprintMatches, InfraError> {
    const keys = intentKeys(store.prefix, partition)
    const named = [keys.stamp, keys.receipt(mark), keys.provable, ...fingerprints.map(keys.fingerprint)]
    const reply = yield* store.run(findScript, named, [deployment.id, from, to, most])
    const [owner = "", plain, more, ...triples] = yield* asTexts(findScript.name)(reply)
    const found = new Map<string, Found>()
    for (let at = 0; at + 2 < triples.length; at += 3) {
      const [index, member = "", claimedAt] = triples.slice(at, at + 3)
      const attempt = attemptOf(member)
      const fingerprint = fingerprints[Number(index)]
      if (attempt === undefined || fingerprint === undefined)
        return yield* Effect.fail(unexpectedReply(findScript.name))
      const known = found.get(member) ?? { ...attempt, claimedAt: Number(claimedAt), fingerprints: [] }
      known.fingerprints.push(fingerprint)
      found.set(member, known)
    }
    const beside = { complete: more !== "1", unindexed: plain === "1" }
    const ownerOf = (text: string) => (isId(text) ? { owner: text } : {})
    if (found.size === 0) return { ...ownerOf(owner), ...beside, attempts: [] }
    // Read the receipt again beside the records: an intent that settled between the two is then found as its owner.
    const some = [...found.values()]
    const held = yield* store.run(
      readLookAlikesScript,
      [keys.stamp, keys.receipt(mark), ...some.map(({ intentId }) => keys.record(intentId))],
      [deployment.id]
    )
    const [now, last, ...records] = yield* Effect.mapError(decodeMatches(held), () =>
      unexpectedReply(readLookAlikesScript.name)
    )
    const attempts = yield* Effect.forEach(some, (one, at): Effect.Effect<LookAlike, InfraError> => {
      const fields = records[at] ?? []
      const found: ReturnType<typeof find> =
        fields.length === 0
          ? Effect.catchIf(find(readScript, one.intentId), isUnreadable, () => Effect.undefined)
          : Effect.succeed({ now, fields })
      return Effect.flatMap(found, (read) =>
        read === undefined || read === "expired"
          ? Effect.succeed(one)
          : Effect.map(
              decodeIntentRecord(reading, readLookAlikesScript.name, one.intentId, read.now, read.fields),
              ({ record }) => ({ ...one, record })
            )
      )
    })
    return { ...ownerOf(last === "" ? owner : last), ...beside, attempts }
  })

  return {
    findByFingerprint: (search) =>
      Effect.map(
        Effect.forEach(partitions, (partition) => inPartition(partition, search), { concurrency: "unbounded" }),
        (all) => {
          const owner = all.find((one) => one.owner !== undefined)?.owner
          return {
            ...(owner === undefined ? {} : { owner }),
            attempts: all.flatMap(({ attempts }) => attempts),
            complete: all.every(({ complete }) => complete),
            unindexed: all.some(({ unindexed }) => unindexed)
          }
        }
      ),
    removeFingerprints: (attempts) =>
      Effect.forEach(
        attempts,
        (one) => {
          const keys = intentKeys(store.prefix, partitionOf(one.intentId, deployment.partitions))
          const args = [deployment.id, ...one.fingerprints.map(() => memberOf(one))]
          return store
            .run(removeScript, [keys.stamp, ...one.fingerprints.map(keys.fingerprint)], args)
            .pipe(Effect.flatMap(asInteger(removeScript.name)))
        },
        { concurrency: 8, discard: true }
      )
  }
}
