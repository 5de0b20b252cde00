import { describe } from "@effect/vitest"
import * as Layer from "effect/Layer"
import * as Deployment from "../../../layers/redis/deployment.ts"
import { layer } from "../../../layers/redis/intent-ledger.ts"
import { intentLedgerContract } from "../../contracts/intent-ledger.ts"
import { testSealer } from "../../contracts/intent-ledger/sealer.ts"
import { elapse } from "../../support/store-time.ts"
import { freshStore } from "../../support/fresh-store.ts"

describe("the intent ledger in Redis", () => {
  intentLedgerContract({
    layer: (retention) =>
      layer(retention).pipe(
        Layer.provideMerge(Deployment.layer({ environment: "local" })),
        Layer.provideMerge(freshStore()),
        Layer.provideMerge(testSealer)
      ),
    elapse
  })
})
