import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { LastProofs, proofAge } from "../../src/boot/last-proofs.ts"
import { RedisStore } from "./client.ts"
import { keysOf } from "./keys.ts"
import { asInteger } from "./scripting/reply.ts"
import { defineScript } from "./scripting/script.ts"

/** KEYS: proof. ARGV: milliseconds that it counts. What is left of them tells its age by the store's own clock (G8). */
const noteProofScript = defineScript("note proof", "#!lua\nwrite('SET', KEYS[1], '', 'PX', ARGV[1])\nreturn 1\n")

/** KEYS: proof. Answers the milliseconds that are left, -2 where there is none. */
const readProofScript = defineScript("read proof", "#!lua flags=no-writes\nreturn redis.call('PTTL', KEYS[1])\n")

/** Bound to no stamp: a boot asks before it knows whose store this is, and a proof speaks of the provider alone. */
export const layer: Layer.Layer<LastProofs, never, RedisStore> = Layer.effect(
  LastProofs,
  Effect.map(RedisStore, (store) => {
    const keys = (credential: string) => [keysOf(store.prefix, 0).proof(credential)]
    return LastProofs.of({
      note: (credential) => Effect.asVoid(store.run(noteProofScript, keys(credential), [proofAge])),
      since: (credential) =>
        store.run(readProofScript, keys(credential), []).pipe(
          Effect.flatMap(asInteger(readProofScript.name)),
          Effect.map((left) => (left < 0 ? undefined : proofAge - left))
        )
    })
  })
)
