import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { InfraError } from "../../../src/domain/failure.ts"
import { IntentId } from "../../../src/domain/ids.ts"
import type { Claim, IntentLedger, KeptRequest, Provable } from "../../../src/outbound/ledger/intent-ledger.ts"
import { unexpectedReply } from "../failure.ts"
import { requireStamp } from "../scripting/lua.ts"
import { asOptionalText, asTexts } from "../scripting/reply.ts"
import { defineScript } from "../scripting/script.ts"
import type { IntentKeys, LedgerContext } from "./context.ts"
import { intentKeys } from "./keys.ts"
import { collectScript } from "./scripts/list-intents.ts"
import { decodeIntentRecord } from "./codec.ts"
import { pageLua } from "./scripts/read-intents.ts"

/** Intents that one script reads. */
const page = 100

/**
 * Raises the score of an entry in the list of provable intents, which is otherwise the time of its claim in
 * milliseconds.
 *
 * An intent with fingerprints is raised by one band, or by two when it is also read back, so that a reader finds only
 * the intents it needs. The previous release raises nothing and reads the list by rank, so it finds all of them.
 */
const band = 1e15

export const bandOf = ({ fingerprints, readBack }: Pick<Claim, "fingerprints" | "readBack">): number => {
  if (fingerprints === undefined) return 0
  return readBack === true ? 2 * band : band
}

/** Upper bound of the scores of intents without fingerprints. */
export const unindexedBelow = `(${band}`
const bands = {
  unindexed: [["-inf", unindexedBelow]],
  provable: [
    ["-inf", unindexedBelow],
    [2 * band, "+inf"]
  ]
} as const

/**
 * Lists a page of the provable intents of one partition.
 *
 * KEYS: stamp, list of provable intents.
 * ARGV: deployment, lowest and highest score, limit, and the score and the intent id after which to list, or empty
 * texts.
 * Answer: ids and scores in turn.
 */
const openScript = defineScript(
  "list provable",
  `#!lua flags=no-writes
${requireStamp}${pageLua}
local lastScore = ARGV[5]
return page({}, KEYS[2], lastScore == '' and ARGV[2] or lastScore, ARGV[3], tonumber(ARGV[4]), lastScore, ARGV[6])
`
)

/**
 * Reads the intent that owns a receipt.
 *
 * KEYS: stamp, receipt.
 * ARGV: deployment.
 * Answer: the intent id, or nil.
 */
const ownerScript = defineScript(
  "owner of receipt",
  `#!lua flags=no-writes
${requireStamp}
return redis.call('GET', KEYS[2])
`
)

const decodeIds = Schema.decodeUnknownEffect(Schema.Array(IntentId))
const isId = Schema.is(IntentId)

/**
 * Returns what a proof by fingerprint or read-back needs: the intents that it may be about, and the intent that owns a
 * receipt already (G20).
 */
export const intentProofMethods = ({
  store,
  deployment,
  reading,
  sealer,
  collect
}: LedgerContext): Pick<IntentLedger["Service"], "provable" | "unindexed" | "receiptOf"> => {
  const partitions = Array.from({ length: deployment.partitions }, (_, partition) =>
    intentKeys(store.prefix, partition)
  )

  const read = Effect.fnUntraced(function* (keys: IntentKeys, ids: ReadonlyArray<IntentId>, found: Array<KeptRequest>) {
    const { now, records } = yield* collect(keys, keys.provable, ids)
    let complete = true
    for (const [at, intentId] of ids.entries()) {
      const fields = records[at] ?? []
      if (fields.length === 0) continue
      const { record, request } = yield* decodeIntentRecord(reading, collectScript.name, intentId, now, fields)
      if (record.state !== "claimed" && record.state !== "in_doubt") continue
      const text = request === undefined ? undefined : yield* Effect.option(sealer.open(request))
      if (text?._tag === "Some") found.push({ record, now, request: text.value })
      else {
        found.push({ record, now, unreadable: true })
        complete = false
      }
    }
    return complete
  })

  const inPartition = (which: keyof typeof bands) =>
    Effect.fnUntraced(function* (keys: IntentKeys): Effect.fn.Return<Provable, InfraError> {
      const intents: Array<KeptRequest> = []
      const seen = new Set<IntentId>()
      let complete = true
      for (const [lowest, highest] of bands[which]) {
        let [score, last] = ["", ""]
        for (let more = true; more;) {
          const args = [deployment.id, lowest, highest, page, score, last]
          const places = yield* store
            .run(openScript, [keys.stamp, keys.provable], args)
            .pipe(Effect.flatMap(asTexts(openScript.name)))
          const ids = yield* Effect.mapError(decodeIds(places.filter((_, at) => at % 2 === 0)), () =>
            unexpectedReply(openScript.name)
          )
          const fresh = ids.filter((id) => !seen.has(id))
          for (const id of fresh) seen.add(id)
          if (fresh.length > 0 && !(yield* read(keys, fresh, intents))) complete = false
          more = ids.length >= page
          score = places.at(-1) ?? ""
          last = ids.at(-1) ?? ""
        }
      }
      return { intents, complete }
    })

  const everywhere = (which: keyof typeof bands) =>
    Effect.forEach(partitions, inPartition(which), { concurrency: "unbounded" }).pipe(
      Effect.map((all) => ({
        intents: all.flatMap(({ intents }) => intents),
        complete: all.every(({ complete }) => complete)
      }))
    )

  return {
    provable: everywhere("provable"),
    unindexed: everywhere("unindexed"),
    receiptOf: (mark) =>
      Effect.forEach(
        partitions,
        (keys) =>
          store
            .run(ownerScript, [keys.stamp, keys.receipt(mark)], [deployment.id])
            .pipe(Effect.flatMap(asOptionalText(ownerScript.name))),
        { concurrency: "unbounded" }
      ).pipe(Effect.map((owners) => owners.find(isId)))
  }
}
