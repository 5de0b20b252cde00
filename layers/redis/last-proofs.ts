import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { LastProofs, proofAge } from "../../src/boot/last-proofs.ts"
import { RedisStore } from "./client.ts"
import { keysOf } from "./keys.ts"
import { asInteger } from "./scripting/reply.ts"
import { defineScript } from "./scripting/script.ts"

/**
 * Stores a proof. Its remaining time shows its age by the store's own clock (G8).
 *
 * KEYS: proof.
 * ARGV: milliseconds that it counts.
 * Answer: 1.
 */
const noteProofScript = defineScript("note proof", "#!lua\nwrite('SET', KEYS[1], '', 'PX', ARGV[1])\nreturn 1\n")

/**
 * Reads the remaining time of a proof.
 *
 * KEYS: proof.
 * Answer: milliseconds, or -2 when there is no proof.
 */
const readProofScript = defineScript("read proof", "#!lua flags=no-writes\nreturn redis.call('PTTL', KEYS[1])\n")

/**
 * Provides the last proofs on Redis. They are bound to no stamp: a boot reads them before it knows the store's
 * deployment, and a proof is about the provider alone.
 */
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
