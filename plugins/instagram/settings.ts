import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Limit } from "../../src/connector/limit.ts"
import type { GraphSettings } from "../meta/graph.ts"
import {
  AppId,
  BaseUrl,
  facebookHost,
  GraphVersion,
  instagramHost,
  ProviderId,
  structureOf as graphStructure
} from "../meta/settings.ts"

/** Variant of the API that an account's token is for (META 5.1). */
export const Login = Schema.Literals(["instagram", "facebook"])
export type Login = typeof Login.Type

export const Settings = Schema.Struct({
  login: Login.pipe(Schema.withDecodingDefaultKey(Effect.succeed("instagram" as const))),
  graph: Schema.Struct({
    version: GraphVersion,
    baseUrl: Schema.optionalKey(BaseUrl),
    /**
     * Sends a proof with the token. The app whose secret proves a token of Instagram Login is inferred, not documented
     * (META 7), so it can be disabled.
     */
    appSecretProof: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(true)))
  }),
  appId: Schema.optionalKey(AppId)
})
export type Settings = typeof Settings.Type

const genuineHosts: ReadonlySet<string> = new Set([instagramHost, facebookHost])
export const isGenuine = ({ graph: { baseUrl } }: Settings): boolean =>
  baseUrl === undefined || genuineHosts.has(baseUrl)

export const Account = Schema.Struct({
  /** Id of the professional account, as webhooks name it. */
  instagramAccountId: ProviderId,
  login: Schema.optionalKey(Login),
  /** Id of the linked page; with `facebook` only. */
  pageId: Schema.optionalKey(ProviderId)
})
export type Account = typeof Account.Type

interface Configured {
  readonly settings: Settings
  readonly account: Account
}

export const loginOf = ({ settings, account }: Configured): Login => account.login ?? settings.login

/** Returns the variant of an account: the login decides its host, its kind of token and its echoes (META 5.1). */
export const variantOf = (settings: Settings, account: Account): string => `${loginOf({ settings, account })}-login`

export const structureOf = (settings: Settings): Readonly<Record<string, string>> => ({
  ...graphStructure(settings),
  "graph.appSecretProof": settings.graph.appSecretProof ? "on" : "off"
})

export const graphOf = (configured: Configured): GraphSettings => {
  const { version, baseUrl } = configured.settings.graph
  return { version, baseUrl: baseUrl ?? (loginOf(configured) === "instagram" ? instagramHost : facebookHost) }
}

/** Returns the node that messages are sent from (META 5.1). */
export const senderOf = (configured: Configured): string => {
  const { instagramAccountId, pageId = "me" } = configured.account
  return encodeURIComponent(loginOf(configured) === "instagram" ? instagramAccountId : pageId)
}

/** META 5.5: 100 calls per second and account; 10 for calls that may carry audio or video. */
const messages: Limit = { name: "messages", of: "account", every: 10, burst: 100 }
const media: Limit = { name: "media", of: "account", every: 100, burst: 10 }
/** META 5.5: 750 per hour, the burst included. */
const privateReplies: Limit = { name: "private_replies", of: "account", every: 5_000, burst: 30 }

const comments: ReadonlySet<string> = new Set(["comment_reply", "comment_hide", "comment_delete"])

/** Returns the limits of a capability. Limits by impressions are left out: their number is not known before the call. */
export const limits = (_: Account, capability: string): ReadonlyArray<Limit> => {
  if (comments.has(capability)) return []
  if (capability === "attachment") return [messages, media]
  return capability === "private_reply" ? [messages, privateReplies] : [messages]
}
