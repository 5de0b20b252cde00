import { describe } from "@effect/vitest"
import * as Layer from "effect/Layer"
import { layer } from "../../../layers/redis/store.ts"
import { intentLanesContract } from "../../contracts/intent-lanes.ts"
import { freshStore } from "../../support/fresh-store.ts"
import { elapse } from "../../support/store-time.ts"

describe("the lanes of intents in Redis", () => {
  intentLanesContract({
    layer: Layer.suspend(() =>
      Layer.fresh(layer({ environment: "local", partitions: 2 }).pipe(Layer.provideMerge(freshStore())))
    ),
    elapse
  })
})
