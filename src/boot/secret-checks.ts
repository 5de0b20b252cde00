import * as Effect from "effect/Effect"
import type { BootCheck } from "../log/line.ts"
import type { SecretRef } from "../secrets/secret-store.ts"
import { Secrets } from "../secrets/secrets.ts"
import { limited } from "./limit.ts"
import { failed, ok } from "./report.ts"

/** Reads every secret that the configuration names; all that are missing are told, not only the first. */
export const secretChecks = Effect.fnUntraced(function* (refs: ReadonlyArray<SecretRef>) {
  const secrets = yield* Secrets
  const checks = yield* Effect.forEach(
    refs,
    (ref) =>
      limited(
        `secret:${ref}`,
        secrets.handle(ref).pipe(
          Effect.as([ok(`secret:${ref}`)]),
          Effect.catch(({ reason, remedy }) => Effect.succeed([failed(`secret:${ref}`, reason, remedy)]))
        )
      ),
    { concurrency: 8 }
  )
  return checks.flat() satisfies ReadonlyArray<BootCheck>
})
