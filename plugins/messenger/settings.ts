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

export const Account = Schema.Struct({ pageId: ProviderId })
export type Account = typeof Account.Type
