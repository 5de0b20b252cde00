import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { FailureReport, InfraError } from "../../../src/domain/failure.ts"
import { IntentId } from "../../../src/domain/ids.ts"
import { IntentState } from "../../../src/domain/intent.ts"
import type { StoredIntent } from "../../../src/outbound/ledger/intent-ledger.ts"
import { unexpectedReply } from "../failure.ts"
import { asTexts } from "../scripting/reply.ts"
import { type LedgerContext, RecordReply } from "./context.ts"
import { eraseIntentScript, readSealedScript, scanListScript } from "./scripts/erase.ts"
import { intentKeys } from "./keys.ts"
import { failureText, sealedOf } from "./codec.ts"

/**
 * Lists the states in the order of an intent's life, so that an intent that changes its state during the scan is read
 * again.
 */
const order = ["accepted", "claimed", "in_doubt", "disputed", "sent", "failed"] as const
const decodeIds = Schema.decodeUnknownEffect(Schema.Array(IntentId))
const isState = Schema.is(IntentState)

const placeOf = (after: string) => {
  const [list = "", cursor = ""] = after.split(" ")
  const at = order.findIndex((one) => one === list)
  return at >= 0 && /^\d{1,20}$/.test(cursor) ? { at, cursor } : { at: 0, cursor: "0" }
}

/** Reads, page by page, the sealed data that intents hold, and erases it. */
export const intentEraseMethods = ({ store, deployment, sealer, ask, keysOf, kept, recordOf }: LedgerContext) => {
  const askErase = ask(Schema.NullOr(RecordReply))

  /** Opens a sealed text. Returns `undefined` when it cannot be opened. */
  const open = (sealed: string): Effect.Effect<string | undefined> =>
    sealed === "" ? Effect.succeed("") : Effect.orElseSucceed(sealer.open(sealed), () => undefined)

  const read = Effect.fnUntraced(function* (partition: number, ids: ReadonlyArray<IntentId>) {
    const keys = intentKeys(store.prefix, partition)
    const reply = yield* store.run(readSealedScript, [keys.stamp, ...ids.map(keys.record)], [deployment.id])
    const texts = yield* asTexts(readSealedScript.name)(reply)
    const entries: Array<StoredIntent> = []
    for (const [at, intentId] of ids.entries()) {
      const [state, connector = "", account = "", lane = "", ...rest] = texts.slice(8 * at, 8 * at + 8)
      const [request = "", receipt = "", failure = "", reported = ""] = rest
      const sealed = [request, receipt, sealedOf(failure), sealedOf(reported)]
      if (!isState(state) || sealed.join("") === "") continue
      const opened = yield* Effect.forEach(sealed, open)
      const said = opened.every((text) => text !== undefined) ? { says: opened.join("\n") } : {}
      entries.push({ intentId, state, connector, account, lane: lane || undefined, ...said })
    }
    return entries
  })

  return {
    stored: Effect.fnUntraced(function* (
      partition: number,
      limit: number,
      after: string = ""
    ): Effect.fn.Return<{ readonly entries: ReadonlyArray<StoredIntent>; readonly next?: string }, InfraError> {
      const { at, cursor } = placeOf(after)
      const keys = intentKeys(store.prefix, partition)
      const args = [deployment.id, cursor, limit]
      const reply = yield* store.run(scanListScript, [keys.stamp, keys.list(order[at] ?? "accepted")], args)
      const [on = "0", ...found] = yield* asTexts(scanListScript.name)(reply)
      const ids = yield* Effect.mapError(decodeIds(found), () => unexpectedReply(scanListScript.name))
      const entries = ids.length === 0 ? [] : yield* read(partition, ids)
      if (on !== "0") return { entries, next: `${order[at]} ${on}` }
      const list = order[at + 1]
      return list === undefined ? { entries } : { entries, next: `${list} 0` }
    }),
    forget: Effect.fnUntraced(function* (intentId: IntentId, failure: FailureReport) {
      const answer = yield* askErase(eraseIntentScript, keysOf.judge(intentId), [
        intentId,
        ...kept,
        failureText(sealer, failure)
      ])
      return answer === null ? undefined : yield* recordOf(eraseIntentScript, intentId, ...answer)
    })
  }
}
