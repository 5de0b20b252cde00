import { describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { RedisStore } from "../../../layers/redis/client.ts"
import * as Deployment from "../../../layers/redis/deployment.ts"
import { layer } from "../../../layers/redis/intent-ledger.ts"
import { asTexts } from "../../../layers/redis/reply.ts"
import { intentLedgerContract } from "../../contracts/intent-ledger.ts"
import { testSealer } from "../../contracts/intent-ledger/sealer.ts"
import { freshStore } from "../../support/fresh-store.ts"

const storeTime = Effect.gen(function* () {
  const store = yield* RedisStore
  const [seconds, micros] = yield* Effect.flatMap(store.command("TIME"), asTexts("TIME"))
  return Number(seconds) * 1000 + Number(micros) / 1000
})

/** Asks the server for the time until it has passed. */
const elapse = Effect.fnUntraced(function* (millis: number) {
  const until = (yield* storeTime) + millis
  while ((yield* storeTime) < until) yield* Effect.yieldNow
})

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
