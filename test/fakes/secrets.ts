import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Secrets } from "../../src/secrets/secrets.ts"
import { SecretUnavailable } from "../../src/secrets/secret-store.ts"

/** Sets which secrets cannot be read. */
export class UnusableSecrets extends Context.Service<
  UnusableSecrets,
  { readonly are: (...refs: ReadonlyArray<string>) => void }
>()("comporta/test/UnusableSecrets") {}

/** Provides a secrets service without secrets. */
export const noSecrets = Layer.effectContext(
  Effect.sync(() => {
    let unusable: ReadonlyArray<string> = []
    return Context.make(UnusableSecrets, {
      are: (...refs) => {
        unusable = refs
      }
    }).pipe(
      Context.add(Secrets, {
        handle: (ref) => Effect.fail(new SecretUnavailable({ ref, reason: "it is not there", remedy: "none" })),
        refresh: () => Effect.succeed(false),
        mayRefresh: () => false,
        onRotated: () => undefined,
        unusable: () => unusable
      })
    )
  })
)
