import type {
  AccountId,
  CapabilityId,
  ConnectorId,
  ConversationId,
  CorrelationId,
  EventId,
  IntentId,
  QuarantineId
} from "../domain/ids.ts"
import type { Sha256 } from "../domain/sha256.ts"
import type { Certainty, FailureClass } from "../domain/failure.ts"
import type { IntentState, Outcome } from "../domain/intent.ts"
import type { PauseReason } from "../domain/pause.ts"

export type Level = "debug" | "info" | "warn" | "error" | "fatal"

/** Closed set of events. A line with any other event does not compile. */
export type LogEvent =
  | "boot.validated"
  | "boot.refused"
  | "server.listening"
  | "management.listening"
  | "server.draining"
  | "server.stopped"
  | "webhook.refused"
  | "webhook.failed"
  | "webhook.handshake"
  | "inbound.admitted"
  | "inbound.deduped"
  | "inbound.quarantined"
  | "dispatch.delivered"
  | "dispatch.held"
  | "dispatch.refused"
  | "dispatch.stuck"
  | "dispatch.dead_lettered"
  | "dispatch.unreadable"
  | "reply.ignored"
  | "reply.held"
  | "reply.refused"
  | "runtime.away"
  | "runtime.back"
  | "partition.taken"
  | "partition.lost"
  | "partition.released"
  | "evidence.applied"
  | "evidence.ignored"
  | "evidence.orphaned"
  | "evidence.read_again"
  | "intent.settled"
  | "intent.accepted"
  | "intent.waits"
  | "intent.unreadable"
  | "intent.refused"
  | "intent.claim_released"
  | "intent.unsettled"
  | "secret.rotated"
  | "secret.unreadable"
  | "secret.readable"
  | "account.alarm"
  | "account.paused"
  | "account.resumed"
  | "account.unreported"
  | "recipient.held"
  | "media.uploaded"
  | "media.downloaded"
  | "media.failed"
  | "store.away"
  | "store.back"
  | "store.check_failed"
  | "store.check_passed"
  | "store.keys_restored"
  | "api.refused"
  | "operator.acted"
  | "release.load_refused"
  | "recorder.failed"
  | "internal"

/** Causes of a check that did not pass (`docs/reference/errors.md`), apart from a credential that the provider rejects. */
export const checkWords = [
  "absent",
  "account",
  "app",
  "blocked",
  "busy",
  "changed",
  "invalid",
  "leaked",
  "local",
  "refused",
  "scopes",
  "substitute",
  "timeout",
  "uncertified",
  "unfit",
  "unmet",
  "unproven",
  "unreachable",
  "unreadable",
  "unsafe",
  "unsupported",
  "untrusted"
] as const

/** Cause of a check that did not pass. `auth_<code>`: the provider rejects the credential, with its own code. */
export type CheckCode = (typeof checkWords)[number] | "auth" | `auth_${string}`

export interface BootCheck {
  readonly name: string
  readonly state: "ok" | "failed" | "blocked"
  /** Present unless the check passed. An account that is paused instead of refusing the start has one too. */
  readonly code?: CheckCode
  /** Check that a blocked one waits for. */
  readonly waitsFor?: string
  readonly problem?: string
  readonly remedy?: string
}

/**
 * The closed schema of a line (`docs/reference/log.md`). No field can hold content, a person or outside text: ids are keyed
 * hashes, the rest fixed words and numbers.
 */
export interface LogFields {
  readonly correlationId?: CorrelationId
  readonly dedupeKey?: EventId | IntentId | QuarantineId
  readonly connectorId?: ConnectorId
  readonly accountId?: AccountId
  readonly conversationId?: ConversationId
  readonly capabilityId?: CapabilityId
  readonly outcome?: Outcome | "admitted" | "quarantined" | "delivered" | "dead_lettered" | "held" | "refused"
  readonly state?: IntentState
  readonly deduped?: boolean
  readonly failureClass?: FailureClass
  readonly failureCode?: string
  readonly certainty?: Certainty
  /** True when the provider refused with a code that its error table does not have (G19). */
  readonly unlisted?: true
  /** HTTP status of the provider's answer. */
  readonly providerStatus?: number
  /** The provider's own id of the call, for its support. */
  readonly providerTraceId?: string
  readonly why?: PauseReason
  readonly attempt?: number
  /** Refusals of an event that count towards its dead-lettering (G48). */
  readonly refusals?: number
  readonly durationMs?: number
  readonly partition?: number
  readonly httpStatus?: number
  readonly eventType?: string
  readonly port?: number
  /** Name of a secret, as the operator wrote it. */
  readonly secret?: string
  /** Version of the secret as its store names it, or of the program. */
  readonly version?: string
  /** Id of an API key, as the operator wrote it. */
  readonly client?: string
  /** Action of an operator: `intent.resolve`. */
  readonly action?: string
  readonly environment?: "local" | "staging" | "production"
  readonly implementations?: Readonly<Record<string, string>>
  readonly checks?: ReadonlyArray<BootCheck>
  /** Class of an unforeseen error; `frames` says where it was raised. Its text is never logged. */
  readonly error?: string
  readonly frames?: ReadonlyArray<string>
  /** Number of lines that were dropped because the output was not read fast enough. */
  readonly lost?: number
  /** Digest of the manifest (G39). The member `release` of each line is its short form. */
  readonly manifest?: Sha256
}

/** One line of the log. `time` in milliseconds since the epoch. */
export interface LogLine {
  readonly time: number
  readonly level: Level
  readonly event: LogEvent
  /** Release that wrote the line: 12 hex digits of the manifest's digest, or `source`. */
  readonly release?: string
  readonly fields: LogFields
}
