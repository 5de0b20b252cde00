import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Limit } from "../../src/connector/limit.ts"
import { AppId, BaseUrl, facebookHost, GraphVersion, ProviderId } from "../meta/settings.ts"

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

/** One message every 6 s to a person; up to 45 at once, borrowed from later ones (META 3.6). */
const pair: Limit = { name: "pair", of: "recipient", every: 6_000, burst: 45 }

/** Capabilities that send no message, which the pair rate does not limit. */
const silent = new Set(["mark_read", "typing_indicator", "media_delete"])

/** Returns the limits of a capability. Throughput counts every call of the number (META 3.6). */
export const limits = ({ messagesPerSecond }: Account, capability: string): ReadonlyArray<Limit> => {
  const throughput: Limit = {
    name: "throughput",
    of: "account",
    every: 1_000 / messagesPerSecond,
    burst: messagesPerSecond
  }
  return silent.has(capability) ? [throughput] : [throughput, pair]
}
