import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Secret, type SecretRef, SecretStore, SecretUnavailable } from "../../src/secrets/secret-store.ts"

/** Secrets that a map holds, read anew each time: `local` and tests. */
export const layer = (secrets: ReadonlyMap<SecretRef, Secret>): Layer.Layer<SecretStore> =>
  Layer.succeed(SecretStore, {
    kind: "memory",
    read: (ref) => {
      const secret = secrets.get(ref)
      return secret === undefined
        ? Effect.fail(new SecretUnavailable({ ref, reason: "it is not there", remedy: "name a secret that is given" }))
        : Effect.succeed(secret)
    }
  })
