import * as Data from "effect/Data"
import * as Result from "effect/Result"
import type { Channel, ChannelAccount, ChannelCapability, Prepared } from "../../connector/channel.ts"
import type { PayloadError } from "../../domain/failure.ts"
import type { Json } from "../../domain/json.ts"
import { conversationIdOf } from "../../identity/derive.ts"
import type { IdHash } from "../../secrets/id-hash.ts"
import type { IntentRequest } from "./parse-request.ts"

/** Failure for a connector, account or capability that is not configured. `what` is its kind, never its value. */
export class NotConfigured extends Data.TaggedError("NotConfigured")<{
  readonly what: "connector" | "account" | "capability"
}> {}

/** Configured channel, account and capability of an intent. */
export interface Target {
  readonly channel: Channel
  readonly account: ChannelAccount
  readonly capability: ChannelCapability
}

/** Returns the configured target of a request. */
export const resolveTarget = (
  channels: ReadonlyMap<string, Channel>,
  request: IntentRequest
): Result.Result<Target, NotConfigured> => {
  const channel = channels.get(request.connector)
  if (channel === undefined) return Result.fail(new NotConfigured({ what: "connector" }))
  const account = channel.accounts.get(request.account)
  if (account === undefined) return Result.fail(new NotConfigured({ what: "account" }))
  const capability = account.capabilities.get(request.capability)
  if (capability === undefined) return Result.fail(new NotConfigured({ what: "capability" }))
  return Result.succeed({ channel, account, capability })
}

/** Validates input and recipient by the capability, and returns the prepared call. */
export const prepare = (target: Target, request: IntentRequest): Result.Result<Prepared, PayloadError> =>
  target.capability.prepare(request.input, request.to)

/** Returns a request as it is kept: to perform it later, or to search for its proof. */
export const requestOf = (body: Json): string => JSON.stringify(body)

/** Returns the conversation of a recipient. Returns `undefined` when the connector does not know it. */
export const conversationOf = (hash: IdHash["Service"], { channel, account }: Target, to: string) => {
  const found = channel.conversationOf?.(to)
  return found === undefined
    ? undefined
    : { ...found, id: conversationIdOf(hash, { channel, account }, found.conversation) }
}
