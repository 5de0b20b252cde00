import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { InfraError } from "../../../src/domain/failure.ts"
import { IntentId } from "../../../src/domain/ids.ts"
import type { IntentLedger, Kept, Provable } from "../../../src/outbound/intent-ledger.ts"
import { unexpectedReply } from "../failure.ts"
import { requireStamp } from "../lua.ts"
import { asOptionalText, asTexts } from "../reply.ts"
import { defineScript } from "../script.ts"
import type { Desk } from "./desk.ts"
import { intentKeys } from "./keys.ts"
import { collect } from "./page.ts"
import { decodeRecord } from "./record.ts"

/** Intents of one partition that are looked at. */
const most = 100

/** KEYS: stamp, what can be proven. ARGV: deployment, how many. Answers ids, the oldest first. */
const open = defineScript(
  "list provable",
  `#!lua flags=no-writes
${requireStamp}
return redis.call('ZRANGE', KEYS[2], 0, ARGV[2] - 1)
`
)

/** KEYS: stamp, receipt. ARGV: deployment. */
const owner = defineScript(
  "owner of receipt",
  `#!lua flags=no-writes
${requireStamp}
return redis.call('GET', KEYS[2])
`
)

const decodeIds = Schema.decodeUnknownEffect(Schema.Array(IntentId))
const decodeCollected = Schema.decodeUnknownEffect(
  Schema.TupleWithRest(Schema.Tuple([Schema.Finite]), [Schema.Array(Schema.String)])
)
const isId = Schema.is(IntentId)

/** What proofs by looks need to know: whom one may be about, and whose it is already (G20). */
export const proving = ({
  store,
  deployment,
  reading,
  sealer
}: Desk): Pick<IntentLedger["Service"], "provable" | "receiptOf"> => {
  const partitions = Array.from({ length: deployment.partitions }, (_, partition) =>
    intentKeys(store.prefix, partition)
  )
  type Keys = ReturnType<typeof intentKeys>

  const inPartition = Effect.fnUntraced(function* (keys: Keys): Effect.fn.Return<Provable, InfraError> {
    const ids = yield* store.run(open, [keys.stamp, keys.provable], [deployment.id, most + 1]).pipe(
      Effect.flatMap(asTexts(open.name)),
      Effect.flatMap(decodeIds),
      Effect.mapError(() => unexpectedReply(open.name))
    )
    if (ids.length === 0) return { intents: [], complete: true }
    const some = ids.slice(0, most)
    const named = [keys.stamp, keys.provable, ...some.map(keys.record)]
    const reply = yield* store.run(collect, named, [deployment.id, ...some])
    const [now, ...found] = yield* Effect.mapError(decodeCollected(reply), () => unexpectedReply(collect.name))
    const intents: Array<Kept> = []
    let complete = ids.length <= most
    for (const [at, intentId] of some.entries()) {
      const fields = found[at] ?? []
      if (fields.length === 0) continue
      const { record, request } = yield* decodeRecord(reading, collect.name, intentId, now, fields)
      if (record.state !== "claimed" && record.state !== "in_doubt") continue
      const text = request === undefined ? undefined : yield* Effect.option(sealer.open(request))
      if (text?._tag === "Some") intents.push({ record, now, request: text.value })
      else complete = false
    }
    return { intents, complete }
  })

  return {
    provable: Effect.forEach(partitions, inPartition, { concurrency: "unbounded" }).pipe(
      Effect.map((all) => ({
        intents: all.flatMap(({ intents }) => intents),
        complete: all.every(({ complete }) => complete)
      }))
    ),
    receiptOf: (mark) =>
      Effect.forEach(
        partitions,
        (keys) =>
          store
            .run(owner, [keys.stamp, keys.receipt(mark)], [deployment.id])
            .pipe(Effect.flatMap(asOptionalText(owner.name))),
        { concurrency: "unbounded" }
      ).pipe(Effect.map((owners) => owners.find(isId)))
  }
}
