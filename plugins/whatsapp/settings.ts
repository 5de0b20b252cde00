import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** An id of the provider as it stands in a path and, for a business account, in an alias (G28). */
const ProviderId = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{1,55}$/))

const genuineHost = "https://graph.facebook.com"

export const Settings = Schema.Struct({
  graph: Schema.Struct({
    version: Schema.String.check(Schema.isPattern(/^v[1-9][0-9]{0,2}\.[0-9]$/)),
    baseUrl: Schema.String.check(Schema.isPattern(/^https?:\/\/[A-Za-z0-9.:[\]-]+(?:\/[A-Za-z0-9._~-]+)*$/)).pipe(
      Schema.withDecodingDefaultKey(Effect.succeed(genuineHost))
    )
  }),
  /** The app that the secrets and tokens belong to: only with it a probe can ask about scopes and expiry. */
  appId: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^[0-9]{1,32}$/)))
})
export type Settings = typeof Settings.Type

export const isGenuine = ({ graph }: Settings): boolean => graph.baseUrl === genuineHost

export const Account = Schema.Struct({
  phoneNumberId: ProviderId,
  businessAccountId: ProviderId,
  /** Of the number's throughput: 80 unless the provider has raised it, 20 where the number is also used in the app (META 3.6). */
  messagesPerSecond: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000 })).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(80))
  )
})
export type Account = typeof Account.Type
