import * as Layer from "effect/Layer"
import { layer } from "../../../layers/redis/data-keys.ts"
import * as Deployment from "../../../layers/redis/deployment.ts"
import { dataKeysContract } from "../../contracts/data-keys.ts"
import { freshStore } from "../../support/fresh-store.ts"

dataKeysContract("Redis", () =>
  layer.pipe(Layer.provide(Deployment.layer({ environment: "local" })), Layer.provide(freshStore()))
)
