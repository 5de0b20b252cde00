import * as Redacted from "effect/Redacted"
import type { Channel, SecretReader, VerifiedWebhook } from "./channel.ts"
import type { Verify } from "./inbound.ts"

/** One secret that signs webhooks, and the provider accounts that it covers (G29). */
export interface Signer {
  readonly ref: string
  readonly secret: SecretReader
  readonly accounts: ReadonlySet<string>
}

interface Bound {
  /** The account's own reference, where it has one. */
  readonly ref: string | undefined
  readonly providerAccounts: ReadonlyArray<string>
}

/** Returns the signers. An account's own secret takes precedence over the connector's, which covers all other accounts. */
export const signersOf = (
  shared: string | undefined,
  bound: ReadonlyArray<Bound>,
  read: (ref: string) => SecretReader
): ReadonlyArray<Signer> => {
  const refs = new Set([shared, ...bound.map(({ ref }) => ref)].filter((ref) => ref !== undefined))
  return [...refs].map((ref) => ({
    ref,
    secret: read(ref),
    accounts: new Set(bound.flatMap((one) => ((one.ref ?? shared) === ref ? one.providerAccounts : [])))
  }))
}

/**
 * Returns a verifier that finds the version of a secret that signed, and its accounts. Two names of an equal secret cover the
 * accounts of both.
 */
export const verifierOf =
  (verify: Verify, signers: ReadonlyArray<Signer>): Channel["verify"] =>
  (webhook, digest) => {
    const [only] = signers
    if (only !== undefined && signers.length === 1) {
      const versions = only.secret.candidates()
      const secret = versions[verify(webhook, versions, digest)]
      return secret === undefined ? undefined : { accounts: only.accounts, secret }
    }
    const candidates = signers.flatMap(({ secret, accounts }) =>
      secret.candidates().map((value) => ({ value, accounts }))
    )
    const signed =
      candidates[
        verify(
          webhook,
          candidates.map(({ value }) => value),
          digest
        )
      ]
    if (signed === undefined) return undefined
    const same = Redacted.value(signed.value)
    const alike = candidates.filter(({ value }) => Redacted.value(value) === same)
    const accounts = new Set(alike.flatMap((one) => Array.from(one.accounts)))
    return { accounts, secret: signed.value } satisfies VerifiedWebhook
  }

/** Returns a function that tells whether a version signed that is no longer accepted. */
export const formerSignerOf =
  (verify: Verify, signers: ReadonlyArray<Signer>): Channel["isSignedFormerly"] =>
  (webhook, digest) =>
    verify(
      webhook,
      signers.flatMap(({ secret }) => secret.versions?.() ?? []),
      digest
    ) !== -1
