import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Deployment } from "../../../src/deployment/deployment.ts"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { IntentId } from "../../../src/domain/ids.ts"
import { claimableAnew } from "../../../src/domain/intent.ts"
import {
  defaultRetention,
  IntentLedger,
  type IntentRetention,
  type KeptRequest,
  type PeekAnswer
} from "../../../src/outbound/ledger/intent-ledger.ts"
import type { Sealer } from "../../../src/secrets/sealer.ts"
import type { RedisStore } from "../client.ts"
import type { Script } from "../scripting/script.ts"
import { intentClaimMethods } from "./claim.ts"
import { type ArchiveReader, archiveReader, intentArchiveMethods } from "./archive.ts"
import { type LedgerContext, makeLedgerContext } from "./context.ts"
import { intentEraseMethods } from "./erase.ts"
import { fingerprintMethods } from "./fingerprints.ts"
import { intentListMethods } from "./list.ts"
import { readDurablyScript, readScript } from "./scripts/read-intents.ts"
import { intentSettleMethods } from "./settle.ts"

const free = Effect.succeed<PeekAnswer>({ _tag: "Free" })

/** Reads one intent. */
const intentReadMethods = ({ store, opened, recordOf, sealer }: LedgerContext, { find }: ArchiveReader) => {
  const readIntent = (intentId: IntentId) => find(readScript, intentId)

  const peekBy = (script: Script, intentId: IntentId, content: string): Effect.Effect<PeekAnswer, InfraError> =>
    Effect.flatMap(find(script, intentId), (found) => {
      if (found === undefined) return free
      if (found === "expired") return Effect.succeed({ _tag: "Expired" })
      const { now, fields } = found
      return Effect.map(opened(script, intentId, now, fields), ({ record, content: known }): PeekAnswer => {
        if (known !== content) return { _tag: "OtherContent", record }
        return claimableAnew(record.state, record.failure) ? { _tag: "Free", record } : { _tag: "Held", record, now }
      })
    })

  /**
   * Reads whether an intent is free. A free intent needs no durable read, because a claim follows before anything
   * depends on it. Any other answer counts only after the replicas have what it is based on, as a first write does
   * (G3).
   */
  const peek = (intentId: IntentId, content: string) =>
    Effect.flatMap(peekBy(readScript, intentId, content), (found) =>
      found._tag === "Free" || !store.replicated ? Effect.succeed(found) : peekBy(readDurablyScript, intentId, content)
    )

  return {
    peek,
    get: Effect.fnUntraced(function* (intentId: IntentId) {
      const found = yield* readIntent(intentId)
      if (found === undefined || found === "expired") return found
      return yield* recordOf(readScript, intentId, found.now, found.fields)
    }),
    kept: Effect.fnUntraced(function* (
      intentId: IntentId
    ): Effect.fn.Return<KeptRequest | "expired" | undefined, InfraError> {
      const found = yield* readIntent(intentId)
      if (found === undefined || found === "expired") return found
      const { record, lane, request } = yield* opened(readScript, intentId, found.now, found.fields)
      const kept = { record, now: found.now, ...(lane === undefined ? {} : { lane }) }
      if (request === undefined) return kept
      return yield* Effect.match(sealer.open(request), {
        onSuccess: (text): KeptRequest => ({ ...kept, request: text }),
        onFailure: (): KeptRequest => ({ ...kept, unreadable: true })
      })
    }),
    sameContent: Effect.fnUntraced(function* (intentId: IntentId, content: string) {
      const found = yield* readIntent(intentId)
      if (found === undefined || found === "expired") return undefined
      return (yield* opened(readScript, intentId, found.now, found.fields)).content === content
    })
  } satisfies Partial<IntentLedger["Service"]>
}

const make = (retention: IntentRetention) =>
  Effect.map(makeLedgerContext(retention), (context) => {
    const reader = archiveReader(context)
    return IntentLedger.of({
      ...intentClaimMethods(context, reader),
      ...intentSettleMethods(context, reader),
      ...intentReadMethods(context, reader),
      ...intentListMethods(context, reader),
      ...fingerprintMethods(context, reader),
      ...intentEraseMethods(context, reader),
      ...intentArchiveMethods(context)
    })
  })

/** Keeps a tombstone for as long as its intent at least: the mark of an archived intent is what a claim finds (G23). */
const outlived = (retention: IntentRetention): IntentRetention => ({
  ...retention,
  tombstones: Math.max(retention.tombstones, retention.intents)
})

/**
 * Provides the intent ledger on Redis. By default a settled record stays for 30 days and its tombstone for 400 days.
 */
export const layer = (
  retention: Partial<IntentRetention> = {}
): Layer.Layer<IntentLedger, never, RedisStore | Deployment | Sealer> =>
  Layer.effect(IntentLedger, make(outlived({ ...defaultRetention, ...retention })))
