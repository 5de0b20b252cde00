import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Channel, ChannelAccount } from "../../connector/channel.ts"
import type { Failure } from "../../domain/failure.ts"

/** Reads the secrets again, unless they were read a moment ago (G29). The default does nothing. */
export const RefreshSecrets = Context.Reference<(cause: string) => Effect.Effect<void>>(
  "comporta/outbound/RefreshSecrets",
  { defaultValue: () => () => Effect.void }
)

/** Returns true when the provider rejected the credential, so that the call certainly did nothing. */
export const isCredentialRefused = (failure: Failure): boolean =>
  failure._tag === "ProviderError" &&
  failure.certainty === "not_applied" &&
  failure.pauses !== "nothing" &&
  failure.pauses.of === "account" &&
  failure.pauses.why === "auth"

/**
 * Returns true when the account has another credential than the rejected one. Reads the secrets again first, unless another
 * call has already brought a new credential.
 */
export const renewCredentials = Effect.fnUntraced(function* (
  { id: connector }: Channel,
  { id, credentials }: ChannelAccount,
  refused: ReadonlyArray<Redacted.Redacted<string>>
) {
  const before = refused.map(Redacted.value)
  const isAnother = () => credentials().some((secret, at) => Redacted.value(secret) !== before[at])
  if (isAnother()) return true
  const refresh = yield* RefreshSecrets
  yield* refresh(`account:${connector}/${id}`)
  return isAnother()
})
