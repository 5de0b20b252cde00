import * as Context from "effect/Context"
import type * as Redacted from "effect/Redacted"
import type * as Result from "effect/Result"
import type { Channel, ChannelAccount, ChannelCapability, Prepared } from "../connector/channel.ts"
import type { RawWebhook } from "../connector/inbound.ts"
import type { InboundEvent } from "../domain/event.ts"
import type { Failure } from "../domain/failure.ts"
import type { ConnectorId, IntentId } from "../domain/ids.ts"
import type { IntentRecord, Receipt } from "../domain/intent.ts"

/** A call to a provider that has ended. */
export interface EndedCall {
  readonly channel: Channel
  readonly account: ChannelAccount
  readonly capability: ChannelCapability
  readonly prepared: Prepared
  readonly intentId: IntentId
  readonly ended: Result.Result<Receipt, Failure>
  /** State in which the call is settled. */
  readonly state: "sent" | "failed" | "in_doubt" | "accepted"
  /** Milliseconds since the epoch at which the claim was made. */
  readonly claimedAt: number
  /** Values of the secrets that the last request used. */
  readonly credentials: ReadonlyArray<Redacted.Redacted<string>>
  /** Returns the request as JSON. */
  readonly request: () => string
}

/** A status or an echo with the gateway's callback data. */
export interface MatchedEvidence {
  readonly attempt: number
  readonly status: string
  readonly messageId?: string
}

/** Result of the probe of one account. */
export interface ProbedAccount {
  readonly connector: ConnectorId
  readonly account: string
  readonly result: "proven" | "refused" | "unknown"
}

/** Says what a flow has seen. Every function returns at once and changes only memory. The default does nothing. */
export interface Observations {
  /** The handshake of a connector was answered. */
  readonly handshakeAnswered: (connector: ConnectorId) => void
  /** A webhook was verified by this version of a secret. */
  readonly webhookVerified: (channel: Channel, secret: Redacted.Redacted<string>) => void
  /** A webhook was refused, since no accepted version of a secret has signed it. */
  readonly webhookRefused: (channel: Channel, webhook: RawWebhook) => void
  /** An item of a webhook had been admitted before. */
  readonly itemDeduped: (key: string) => void
  /** The runtime acknowledged an event. */
  readonly eventAcknowledged: (event: InboundEvent) => void
  readonly callEnded: (call: EndedCall) => void
  /** A status or an echo with valid callback data was applied to its intent. `record` is the intent after that. */
  readonly evidenceApplied: (record: IntentRecord, evidence: MatchedEvidence, event: InboundEvent) => void
  /** A status came without valid callback data. */
  readonly statusWithoutData: (event: InboundEvent) => void
  /** An echo has the id of a receipt. `owner` is the intent of that receipt. */
  readonly receiptEchoed: (owner: IntentId, event: InboundEvent) => void
  readonly mediumUploaded: (connector: ConnectorId, account: string, id: string) => void
  /** A medium was downloaded to its end. `differs`: it is not as the provider describes it. */
  readonly mediumDownloaded: (connector: ConnectorId, account: string, differs: boolean) => void
  /** The credentials of accounts were probed, all of each connector. */
  readonly accountsProbed: (accounts: ReadonlyArray<ProbedAccount>) => void
}

const nothing = () => undefined

export const unobserved: Observations = {
  handshakeAnswered: nothing,
  webhookVerified: nothing,
  webhookRefused: nothing,
  itemDeduped: nothing,
  eventAcknowledged: nothing,
  callEnded: nothing,
  evidenceApplied: nothing,
  statusWithoutData: nothing,
  receiptEchoed: nothing,
  mediumUploaded: nothing,
  mediumDownloaded: nothing,
  accountsProbed: nothing
}

/** Receives what the flows have seen. */
export const Observe = Context.Reference<Observations>("comporta/observe/Observe", { defaultValue: () => unobserved })
