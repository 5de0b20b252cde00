import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { AppId, BaseUrl, GraphVersion, ProviderId, facebookHost } from "../meta/settings.ts"

export const Settings = Schema.Struct({
  graph: Schema.Struct({
    version: GraphVersion,
    baseUrl: BaseUrl.pipe(Schema.withDecodingDefaultKey(Effect.succeed(facebookHost)))
  }),
  appId: Schema.optionalKey(AppId)
})
export type Settings = typeof Settings.Type

export const isGenuine = ({ graph }: Settings): boolean => graph.baseUrl === facebookHost

export const Account = Schema.Struct({
  phoneNumberId: ProviderId,
  businessAccountId: ProviderId,
  /** Where this account has an app of its own, with an app secret of its own. */
  appId: Schema.optionalKey(AppId),
  /** Of the number's throughput: 80 unless the provider has raised it, 20 where the number is also used in the app (META 3.6). */
  messagesPerSecond: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000 })).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(80))
  )
})
export type Account = typeof Account.Type
