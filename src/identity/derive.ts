import type { Channel, ChannelAccount } from "../connector/channel.ts"
import type { ConnectorId, ConversationId, EventId, IntentId, ProviderAccountId, QuarantineId } from "../domain/ids.ts"
import { canonicalJson, type Json } from "../domain/json.ts"
import type { Pieces } from "../domain/pieces.ts"
import type { IdHash } from "../secrets/id-hash.ts"

/*
 * Holds the formula of every keyed hash. Admission, sending and erasure call the same functions, so that erasure finds
 * what the other two derive. A changed formula is a changed identity (G12): the store remembers the old values.
 */

type Hash = IdHash["Service"]

/** The account that an id belongs to. Ids use the provider's own account id, since an operator may rename the alias (G11). */
export interface IdentityOwner {
  readonly channel: Pick<Channel, "id">
  readonly account: Pick<ChannelAccount, "providerAccount">
}

/** An {@link IdentityOwner} whose channel writes one recipient in one way. */
export interface RecipientOwner extends IdentityOwner {
  readonly channel: Pick<Channel, "id" | "recipientOf">
}

/** The account that makes a call. A status of another account is no evidence about the call. */
export interface Sender {
  readonly connector: ConnectorId
  readonly providerAccount: ProviderAccountId
}

/** Returns the id of an event from the identity that its connector read (G11). */
export const eventIdOf = (hash: Hash, { channel, account }: IdentityOwner, identity: ReadonlyArray<string>): EventId =>
  hash.event([channel.id, account.providerAccount, ...identity])

/** Returns the id of a quarantined item. The account is not a part of it: no account may be configured. */
export const quarantineIdOf = (
  hash: Hash,
  channel: Pick<Channel, "id">,
  identity: ReadonlyArray<string>
): QuarantineId => hash.quarantine([channel.id, ...identity])

/** Returns the id of a whole body that is quarantined as one item. */
export const quarantineIdOfBody = (hash: Hash, channel: Pick<Channel, "id">, body: Uint8Array): Pieces<QuarantineId> =>
  hash.quarantineBody([channel.id, "body"], body)

/** Returns the conversation that events of one of a person's ids have. */
export const conversationIdOf = (hash: Hash, { channel, account }: IdentityOwner, id: string): ConversationId =>
  hash.conversation([channel.id, account.providerAccount, id])

/** Returns the lane of a conversation. It is the same for every id of one person. */
export const laneOfConversation = (hash: Hash, conversation: ConversationId): ConversationId =>
  hash.conversation(["lane", conversation])

/** Returns the lane of a recipient whose conversation the connector does not know. */
export const laneOfRecipient = (hash: Hash, { channel, account }: RecipientOwner, to: string): ConversationId =>
  hash.conversation(["lane", channel.id, account.providerAccount, channel.recipientOf(to)])

/** Returns the lane of an intent without a recipient. The intent is alone in it: no order could be broken. */
export const laneOfIntent = (hash: Hash, { channel, account }: IdentityOwner, intentId: IntentId): ConversationId =>
  hash.conversation(["lane", channel.id, account.providerAccount, "", intentId])

/** Returns the hash of a recipient for limits and holds. It is the same for every way to write the recipient. */
export const recipientOf = (hash: Hash, { channel, account }: RecipientOwner, to: string): string =>
  hash.opaque(["recipient", channel.id, account.providerAccount, channel.recipientOf(to)])

/** Returns the id of an intent within the namespace of its caller (G13). */
export const intentIdOf = (hash: Hash, { channel, account }: IdentityOwner, namespace: string, key: string): IntentId =>
  hash.intent([channel.id, account.providerAccount, namespace, key])

/** Returns the id of an intent whose account or capability is not configured. */
export const unconfiguredIntentIdOf = (hash: Hash, connector: ConnectorId, namespace: string, key: string): IntentId =>
  hash.intent([connector, "", namespace, key])

/** Returns the id under which a refused probe pauses an account. */
export const probeIntentIdOf = (hash: Hash, { channel, account }: IdentityOwner): IntentId =>
  hash.intent(["probe", channel.id, account.providerAccount])

/**
 * Returns the hash of a request's canonical JSON (G13). The provider's account replaces the alias: a renamed account
 * changes nothing, and a changed byte of content does.
 */
export const contentOf = (hash: Hash, { account }: IdentityOwner, body: Json): string => {
  const received = typeof body === "object" && body !== null && !Array.isArray(body) ? body : { body }
  return hash.opaque(["content", canonicalJson({ ...received, account: account.providerAccount })])
}

/** Returns the hash of a request that was rejected before its claim, as JSON. */
export const rejectedContentOf = (hash: Hash, request: string): string => hash.opaque(["content", request])

/** Returns the token of a rejection. It is the same for every attempt to write the rejection. */
export const rejectionTokenOf = (hash: Hash, intentId: IntentId): string => hash.opaque(["rejected", intentId])

/** Returns the hash of the provider's id of a message, which may contain a phone number (G14). */
export const receiptMark = (hash: Hash, { connector, providerAccount }: Sender, messageId: string): string =>
  hash.opaque(["receipt", connector, providerAccount, messageId])

/** Returns the hash of what a message looks like (G14). An absent trait matches any other. */
export const fingerprintHashOf = (
  hash: Hash,
  { connector, providerAccount }: Sender,
  traits: ReadonlyArray<string | undefined>
): string =>
  hash.opaque([
    "fingerprint",
    connector,
    providerAccount,
    ...traits.map((trait) => (trait === undefined ? "any" : `is ${trait}`))
  ])

/** Returns the MAC of callback data over the deployment, the sender, the intent and the attempt (G18). */
export const callbackMacOf = (
  hash: Hash,
  deployment: string,
  { connector, providerAccount }: Sender,
  { intentId, attempt }: { readonly intentId: IntentId; readonly attempt: number }
): string => hash.opaque(["callback", deployment, connector, providerAccount, intentId, String(attempt)])

/** Returns the hash of an account, as the store names its pauses and its quarantined items. */
export const accountHashOf = (hash: Hash, { channel, account }: HashedAccount): string =>
  hash.opaque(["account", channel.id, account.providerAccount])

/** Returns the keyed hash of a secret's name. */
export const secretNameOf = (hash: Hash, ref: string): string => hash.opaque(["secret", ref])

/** Returns the keyed hash of one version of a secret. */
export const secretVersionOf = (hash: Hash, ref: string, value: string): string =>
  hash.opaque(["secret version", ref, value])

/** An account that may not be configured: its id comes from a webhook. */
interface HashedAccount {
  readonly channel: Pick<Channel, "id">
  readonly account: { readonly providerAccount: string }
}

/** Returns the hash of an account's secrets. It changes when one of them is rotated (G27). */
export const credentialHashOf = (hash: Hash, secrets: ReadonlyArray<string>): string =>
  hash.opaque(["credential", ...secrets])

/** Returns the hash of a person for the audit log (G14). */
export const personHashOf = (hash: Hash, channel: Pick<Channel, "id">, form: string): string =>
  hash.opaque(["person", channel.id, form])

/** Returns the word that replaces a name from outside under which nothing is configured (G14). */
export const unknownNameOf = (hash: Hash, name: string): string => `unknown_${hash.opaque(["name", name])}`
