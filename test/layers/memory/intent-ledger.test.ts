import { describe } from "@effect/vitest"
import * as TestClock from "effect/testing/TestClock"
import { layer } from "../../../layers/memory/intent-ledger.ts"
import { intentLedgerContract } from "../../contracts/intent-ledger.ts"

describe("the intent ledger in memory", () => {
  intentLedgerContract({ layer, elapse: (millis) => TestClock.adjust(millis) })
})
