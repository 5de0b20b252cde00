import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { RedisStore } from "../../../layers/redis/client.ts"
import { keysOf } from "../../../layers/redis/keys.ts"
import { layer } from "../../../layers/redis/last-proofs.ts"
import { asInteger } from "../../../layers/redis/reply.ts"
import { lastProofsContract } from "../../contracts/last-proofs.ts"
import { freshStore } from "../../support/fresh-store.ts"

/** The server's own clock cannot be moved: what is left of a proof is taken from it. */
const pass = Effect.fnUntraced(function* (millis: number) {
  const store = yield* RedisStore
  const key = keysOf(store.prefix, 0).proof("a")
  const left = yield* Effect.flatMap(store.command("PTTL", key), asInteger("PTTL"))
  yield* store.command("PEXPIRE", key, left - millis)
})

lastProofsContract("Redis", () => Layer.provideMerge(layer, freshStore()), pass)
