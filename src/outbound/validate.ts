import * as Data from "effect/Data"
import * as Result from "effect/Result"
import type { Channel, ChannelAccount, ChannelCapability, Prepared } from "../connector/channel.ts"
import type { PayloadError } from "../domain/failure.ts"
import type { ConversationId, IntentId } from "../domain/ids.ts"
import { type Json, canonicalJson } from "../domain/json.ts"
import type { IdHash } from "../secrets/id-hash.ts"
import type { Sender } from "./callback-data.ts"
import type { IntentRequest } from "./request.ts"

/** A connector, account or capability that is not configured. `what` names which, never its value. */
export class NotConfigured extends Data.TaggedError("NotConfigured")<{
  readonly what: "connector" | "account" | "capability"
}> {}

/** Where an intent goes, and who it is. */
export interface Target {
  readonly channel: Channel
  readonly account: ChannelAccount
  readonly capability: ChannelCapability
}

export const resolve = (
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

/** Built on the provider's account, never on our alias (G11), within the namespace of the caller (G13). */
export const intentIdOf = (hash: IdHash["Service"], target: Target, namespace: string, key: string): IntentId =>
  hash.intent([target.channel.id, target.account.providerAccount, namespace, key])

/** A keyed hash of the canonical received JSON, so that a renamed account changes nothing and a changed byte of content does (G13). */
export const contentOf = (hash: IdHash["Service"], target: Target, body: Json): string => {
  const received = typeof body === "object" && body !== null && !Array.isArray(body) ? body : { body }
  return hash.opaque(["content", canonicalJson({ ...received, account: target.account.providerAccount })])
}

/** Whom an intent is for, as a keyed hash: the same for every way to write him. */
export const recipientOf = (hash: IdHash["Service"], target: Target, to: string): string =>
  hash.opaque(["recipient", target.channel.id, target.account.providerAccount, target.channel.recipientOf(to)])

export const prepare = (target: Target, request: IntentRequest): Result.Result<Prepared, PayloadError> =>
  target.capability.prepare(request.input, request.to)

/** By which a receipt is known again as somebody's: the provider's id of a message hides a person (G14). */
export const receiptMark = (
  hash: IdHash["Service"],
  { connector, providerAccount }: Sender,
  messageId: string
): string => hash.opaque(["receipt", connector, providerAccount, messageId])

/** What is kept of a request for who performs it later. */
export const requestOf = (body: Json): string => JSON.stringify(body)

/** The lane of a conversation: the same for every id of one person. */
export const laneOfConversation = (hash: IdHash["Service"], conversation: ConversationId): ConversationId =>
  hash.conversation(["lane", conversation])

/** Returns the conversation of a recipient, when the connector knows it. */
export const conversationOf = (hash: IdHash["Service"], { channel, account }: Target, to: string) => {
  const found = channel.conversationOf?.(to)
  return found === undefined
    ? undefined
    : { ...found, id: hash.conversation([channel.id, account.providerAccount, found.conversation]) }
}

/**
 * Whose turn orders it: one lane an account and recipient. What has no recipient has a lane of its
 * own: there is no conversation that it could be out of order in.
 */
export const laneOf = (
  hash: IdHash["Service"],
  { channel, account }: Target,
  intentId: IntentId,
  to: string | undefined
): ConversationId =>
  hash.conversation([
    "lane",
    channel.id,
    account.providerAccount,
    ...(to === undefined ? ["", intentId] : [channel.recipientOf(to)])
  ])
