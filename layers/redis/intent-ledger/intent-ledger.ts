import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { defaultRetention, IntentLedger, type IntentRetention } from "../../../src/outbound/ledger/intent-ledger.ts"
import type { Deployment } from "../../../src/deployment/deployment.ts"
import type { Sealer } from "../../../src/secrets/sealer.ts"
import type { RedisStore } from "../client.ts"
import { intentClaimMethods } from "./claim.ts"
import { makeLedgerContext } from "./context.ts"
import { intentSettleMethods } from "./settle.ts"
import { fingerprintMethods } from "./fingerprints.ts"
import { intentEraseMethods } from "./erase.ts"
import { intentListMethods } from "./list.ts"
import { intentReadMethods } from "./read.ts"

const make = (retention: IntentRetention) =>
  Effect.map(makeLedgerContext(retention), (context) =>
    IntentLedger.of({
      ...intentClaimMethods(context),
      ...intentSettleMethods(context),
      ...intentReadMethods(context),
      ...intentListMethods(context),
      ...fingerprintMethods(context),
      ...intentEraseMethods(context)
    })
  )

/**
 * Provides the intent ledger on Redis. By default a settled record stays for 30 days and its tombstone for 400 days.
 */
export const layer = (
  retention: Partial<IntentRetention> = {}
): Layer.Layer<IntentLedger, never, RedisStore | Deployment | Sealer> =>
  Layer.effect(IntentLedger, make({ ...defaultRetention, ...retention }))
