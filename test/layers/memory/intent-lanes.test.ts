import { describe } from "@effect/vitest"
import * as TestClock from "effect/testing/TestClock"
import { layer } from "../../../layers/memory/store.ts"
import { intentLanesContract } from "../../contracts/intent-lanes.ts"

describe("intent lanes in memory", () => {
  intentLanesContract({ layer: layer({ partitions: 2 }), elapse: (millis) => TestClock.adjust(millis) })
})
