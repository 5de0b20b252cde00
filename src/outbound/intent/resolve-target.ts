import * as Data from "effect/Data"
import * as Result from "effect/Result"
import type { Channel, ChannelAccount, ChannelCapability, Prepared } from "../../connector/channel.ts"
import type { PayloadError } from "../../domain/failure.ts"
import { AccountId, CapabilityId, type CorrelationId, type IntentId } from "../../domain/ids.ts"
import type { Json } from "../../domain/json.ts"
import type { Personal } from "../../domain/personal.ts"
import { conversationIdOf, unknownNameOf } from "../../identity/derive.ts"
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

/** Validated intent with all that its claim needs. */
export interface Job {
  readonly intentId: IntentId
  readonly correlationId: CorrelationId
  readonly token: string
  readonly content: string
  /** Returns the request as JSON, to perform it later or to search for its proof. Most jobs never need it. */
  readonly request: () => string
  /** True when it was accepted before: it is then claimed only while it is accepted. */
  readonly accepted?: true
  readonly target: Target
  readonly prepared: Prepared
  /** Recipient as the caller wrote it; absent when the intent has none. */
  readonly to?: Personal<string>
  /** Keyed hash of the recipient; absent when the intent has none. */
  readonly recipient?: string
}

/** Names of an account and a capability that the store and the log may hold. */
interface Names {
  readonly account: AccountId
  readonly capabilityId: CapabilityId
}

/** Returns each configured name as it is, and a keyed hash of any other, since it may name a person. */
export const knownNames = (
  hash: IdHash["Service"],
  channel: Channel | undefined,
  connector: string,
  { account, capability }: { readonly account: string; readonly capability: string }
): Names => {
  const [any] = channel?.accounts.values() ?? []
  return {
    account: channel?.accounts.get(account)?.id ?? AccountId.make(unknownNameOf(hash, account)),
    capabilityId:
      any?.capabilities.get(capability)?.id ?? CapabilityId.make(`${connector}.${unknownNameOf(hash, capability)}`)
  }
}

const isConfigured = (channels: ReadonlyMap<string, Channel>, name: string): boolean =>
  [...channels.values()].some(
    ({ id, accounts }) =>
      id === name ||
      accounts.has(name) ||
      [...accounts.values()].some(({ capabilities }) =>
        [...capabilities].some(([capability, one]) => capability === name || one.id === name)
      )
  )

/** Returns a filter as text for the audit log: numbers, fixed words and configured names as they are, the rest hashed. */
export const shownFilter = (
  hash: IdHash["Service"],
  channels: ReadonlyMap<string, Channel>,
  filter: Readonly<Record<string, string | number | undefined>>
): string =>
  JSON.stringify(filter, (_, value: unknown) =>
    typeof value !== "string" || fixedWords.test(value) || isConfigured(channels, value)
      ? value
      : unknownNameOf(hash, value)
  )

/** Reasons and states that only the program makes. */
const fixedWords =
  /^(?:in_doubt|disputed|forgotten|unknown_account|foreign_secret|payload|runtime_[a-z]{1,16}(?:_[a-z]{1,16}){0,3}(?:_\d{3})?)$/
