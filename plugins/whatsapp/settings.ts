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
  /** App of this account, where it has one of its own with its own app secret. */
  appId: Schema.optionalKey(AppId),
  /**
   * Throughput of the number: 80 by default; more if the provider has raised it, 20 if the number is also used in the
   * app (META 3.6).
   */
  messagesPerSecond: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000 })).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(80))
  )
})
export type Account = typeof Account.Type
