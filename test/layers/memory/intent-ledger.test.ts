import { describe } from "@effect/vitest"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { memoryDeployment } from "../../../layers/memory/deployment.ts"
import { layer } from "../../../layers/memory/intent-ledger.ts"
import { intentLedgerContract } from "../../contracts/intent-ledger.ts"

describe("intent ledger in memory", () => {
  intentLedgerContract({
    layer: (retention) => Layer.provideMerge(layer(retention), memoryDeployment()),
    elapse: (millis) => TestClock.adjust(millis)
  })
})
