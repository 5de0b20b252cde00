import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Config } from "../config/config.ts"
import { refsOfConnector } from "../config/secret-refs.ts"
import type { BootCheck } from "../log/line.ts"
import { BadSecret, type SecretRef, SecretUnavailable } from "../secrets/secret-store.ts"
import { type SecretHandle, Secrets } from "../secrets/secrets.ts"
import { isOk, limited, ok } from "./report.ts"
import { badSecret } from "./store-check.ts"

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
          Effect.catch((unread) => Effect.succeed([badSecret(unread)]))
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
      const { code, problem = "", remedy = "" } = unread.get(`secret:${ref}`) ?? {}
      return unread.has(`secret:${ref}`)
        ? Effect.fail(
            new SecretUnavailable({ ref, reason: problem, remedy, ...(code === "absent" ? { absent: true } : {}) })
          )
        : secrets.handle(ref)
    }
  }
}

/** Minimum bytes of an API key: a client that guesses one can send in the company's name. */
const ofApiKeys = 16
/** Minimum bytes of a connector's secret: a shorter one also could not be searched for where it may leak (G44). */
const ofConnectors = 12
/** Minimum number of different characters. */
const different = 5

const isWeak = (value: string, bytes: number) => Buffer.byteLength(value) < bytes || new Set(value).size < different

const weak = (ref: string, bytes: number, remedy: string) =>
  new BadSecret({ ref, reason: `expected at least ${bytes} bytes and ${different} different characters`, remedy })

const makeKey = "make another: openssl rand -hex 32"

/** Returns the API keys with the value of an earlier one: the gateway would take both as the client of the first. */
const shared = (keys: ReadonlyArray<{ readonly id: string; readonly secret: SecretHandle }>) =>
  keys.flatMap(({ secret }, at) => {
    const values = new Set(secret.candidates().map(Redacted.value))
    const other = keys
      .slice(0, at)
      .find((one) => one.secret.candidates().some((held) => values.has(Redacted.value(held))))
    return other === undefined
      ? []
      : [new BadSecret({ ref: secret.ref, reason: `the API key ${other.id} has the same value`, remedy: makeKey })]
  })

/** Returns the secrets that are too weak outside `local`: too short, too uniform, or one value for two API keys. */
export const weakSecrets = Effect.fnUntraced(function* (config: Config) {
  const { handle } = yield* Secrets
  const { keys } = config.api
  const refs = Object.values(config.connectors).flatMap(refsOfConnector)
  const read = (ref: string) => Effect.orElseSucceed(handle(ref), () => undefined)
  const known = (yield* Effect.forEach(keys, ({ id, secret }) =>
    Effect.map(read(secret), (one) => ({ id, secret: one }))
  )).flatMap(({ id, secret }) => (secret === undefined ? [] : [{ id, secret }]))
  const others = (yield* Effect.forEach([...new Set(refs)], read)).flatMap((one) => (one === undefined ? [] : [one]))
  const found = [
    ...known.flatMap(({ secret }) =>
      isWeak(Redacted.value(secret.current()), ofApiKeys) ? [weak(secret.ref, ofApiKeys, makeKey)] : []
    ),
    ...others.flatMap((secret) =>
      isWeak(Redacted.value(secret.current()), ofConnectors)
        ? [weak(secret.ref, ofConnectors, "store the secret as the provider gave it, or a longer token of your own")]
        : []
    ),
    ...shared(known)
  ]
  return [...new Map(found.map((one) => [one.ref, one])).values()]
})
