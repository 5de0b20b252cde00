import { describe } from "@effect/vitest"
import * as Layer from "effect/Layer"
import { layer } from "../../../layers/redis/accounts.ts"
import * as Deployment from "../../../layers/redis/deployment.ts"
import { accountsContract } from "../../contracts/accounts.ts"
import { freshStore } from "../../support/fresh-store.ts"
import { elapse } from "../../support/store-time.ts"

describe("the accounts in Redis", () => {
  accountsContract({
    layer: (timing) =>
      layer(timing).pipe(
        Layer.provideMerge(Deployment.layer({ environment: "local" })),
        Layer.provideMerge(freshStore())
      ),
    elapse
  })
})
