import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Channel, ChannelAccount } from "../connector/channel.ts"
import type { Digest } from "../connector/inbound.ts"
import type { InfraError } from "../domain/failure.ts"

/** Milliseconds for which a good probe counts while the provider does not answer (G37). */
export const proofAge = 24 * 3_600_000

/**
 * Remembers in the store when each account's credential was last proven good. A credential is named by
 * {@link credentialOf}: 64 hex digits.
 */
export class LastProofs extends Context.Service<
  LastProofs,
  {
    /** Notes that the credential was proven good now. */
    readonly note: (credential: string) => Effect.Effect<void, InfraError>
    /** Returns the milliseconds since the proof, by the store's clock; `undefined` when it is older than {@link proofAge}. */
    readonly since: (credential: string) => Effect.Effect<number | undefined, InfraError>
  }
>()("comporta/boot/LastProofs") {}

/** Proofs while the store cannot be reached: none. */
export const noProofs = LastProofs.of({ note: () => Effect.void, since: () => Effect.undefined })

/** Returns the name of an account's proof in the store: a digest of the account, keyed by its present secrets. */
export const credentialOf = (
  channel: Pick<Channel, "id">,
  account: Pick<ChannelAccount, "providerAccount" | "credentials">,
  digest: Digest
): string => {
  const key = Redacted.make(account.credentials().map(Redacted.value).join("\n"))
  const name = new TextEncoder().encode(`proof\n${channel.id}\n${account.providerAccount}`)
  return Buffer.from(digest.hmacSha256(key, name)).toString("hex")
}
