import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Channel, ChannelAccount } from "../../connector/channel.ts"
import type { Failure } from "../../domain/failure.ts"

/** Reads the secrets anew where that was not done a moment ago (G29); by default there is nothing to read. */
export const RefreshSecrets = Context.Reference<(cause: string) => Effect.Effect<void>>(
  "comporta/outbound/RefreshSecrets",
  { defaultValue: () => () => Effect.void }
)

/** The provider certainly did nothing, for it does not take the credential. */
export const isCredentialRefused = (failure: Failure): boolean =>
  failure._tag === "ProviderError" &&
  failure.certainty === "not_applied" &&
  failure.pauses !== "nothing" &&
  failure.pauses.of === "account" &&
  failure.pauses.why === "auth"

/**
 * Has the account another credential than the one that was refused, once the secrets have been read anew? Another call may
 * have had them read meanwhile.
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
