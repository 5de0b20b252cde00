import * as Effect from "effect/Effect"
import type { BootCheck } from "../log/line.ts"
import { type SecretRef, SecretUnavailable } from "../secrets/secret-store.ts"
import { Secrets } from "../secrets/secrets.ts"
import { failed, isOk, ok, limited } from "./report.ts"

/** Reads every secret that the configuration names. Reports all that are missing, not only the first. */
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

/**
 * Returns the secrets for later checks. A secret that could not be read fails at once, so that a secret store that hangs does
 * not delay each check.
 */
export const asTold = (secrets: Secrets["Service"], checks: ReadonlyArray<BootCheck>): Secrets["Service"] => {
  const unread = new Map(checks.flatMap((check) => (isOk(check) ? [] : [[check.name, check] as const])))
  return {
    ...secrets,
    handle: (ref) => {
      const { problem = "", remedy = "" } = unread.get(`secret:${ref}`) ?? {}
      return unread.has(`secret:${ref}`)
        ? Effect.fail(new SecretUnavailable({ ref, reason: problem, remedy }))
        : secrets.handle(ref)
    }
  }
}
