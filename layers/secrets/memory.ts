import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Secret, type SecretRef, SecretStore, SecretUnavailable } from "../../src/secrets/secret-store.ts"

/** Secrets in a map, read again at each call: for `local` and tests. */
export const layer = (secrets: ReadonlyMap<SecretRef, Secret>): Layer.Layer<SecretStore> =>
  Layer.succeed(SecretStore, {
    kind: "memory",
    read: (ref) => {
      const secret = secrets.get(ref)
      return secret === undefined
        ? Effect.fail(
            new SecretUnavailable({
              ref,
              absent: true,
              reason: "it is not there",
              remedy: "name one of the given secrets"
            })
          )
        : Effect.succeed(secret)
    }
  })
