import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { defaultRetention, IntentLedger, type Retention } from "../../../src/outbound/ledger/intent-ledger.ts"
import type { Deployment } from "../../../src/deployment/deployment.ts"
import type { Sealer } from "../../../src/secrets/sealer.ts"
import type { RedisStore } from "../client.ts"
import { beginning } from "./claim.ts"
import { makeDesk } from "./context.ts"
import { ending } from "./settle.ts"
import { fingerprinting } from "./fingerprints.ts"
import { forgetting } from "./erase.ts"
import { listing } from "./list.ts"
import { looking } from "./read.ts"

const make = (retention: Retention) =>
  Effect.map(makeDesk(retention), (desk) =>
    IntentLedger.of({
      ...beginning(desk),
      ...ending(desk),
      ...looking(desk),
      ...listing(desk),
      ...fingerprinting(desk),
      ...forgetting(desk)
    })
  )

/** What ends is kept for the time that `retention` says, 30 days and 400 days unless given. */
export const layer = (
  retention: Partial<Retention> = {}
): Layer.Layer<IntentLedger, never, RedisStore | Deployment | Sealer> =>
  Layer.effect(IntentLedger, make({ ...defaultRetention, ...retention }))
