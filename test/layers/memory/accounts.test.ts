import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { describe } from "@effect/vitest"
import * as TestClock from "effect/testing/TestClock"
import { layer } from "../../../layers/memory/accounts.ts"
import { accountsContract } from "../../contracts/accounts.ts"

describe("accounts in memory", () =>
  accountsContract({
    layer,
    elapse: (millis) => TestClock.adjust(millis),
    setBack: (millis) => Effect.flatMap(Clock.currentTimeMillis, (now) => TestClock.setTime(now - millis))
  }))
