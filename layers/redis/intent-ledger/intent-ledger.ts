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
  Effect.map(makeLedgerContext(retention), (desk) =>
    IntentLedger.of({
      ...intentClaimMethods(desk),
      ...intentSettleMethods(desk),
      ...intentReadMethods(desk),
      ...intentListMethods(desk),
      ...fingerprintMethods(desk),
      ...intentEraseMethods(desk)
    })
  )

/** What ends is kept for the time that `retention` says, 30 days and 400 days unless given. */
export const layer = (
  retention: Partial<IntentRetention> = {}
): Layer.Layer<IntentLedger, never, RedisStore | Deployment | Sealer> =>
  Layer.effect(IntentLedger, make({ ...defaultRetention, ...retention }))
