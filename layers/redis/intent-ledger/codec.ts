import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Explained } from "../../../src/domain/explanation.ts"
import { FailureReport, type InfraError } from "../../../src/domain/failure.ts"
import {
  AccountId,
  CapabilityId,
  ConnectorId,
  ConversationId,
  CorrelationId,
  type IntentId
} from "../../../src/domain/ids.ts"
import {
  type IntentRecord,
  IntentState,
  Protection,
  Receipt,
  effectiveFailure,
  stateAt,
  type TimelineEntry
} from "../../../src/domain/intent.ts"
import { Personal } from "../../../src/domain/personal.ts"
import type { Sealer } from "../../../src/secrets/sealer.ts"
import { unexpectedReply } from "../failure.ts"
import { asTexts } from "../scripting/reply.ts"

/** Stores a failure with the provider's own words sealed beside it. Earlier releases ignore that field. */
const StoredFailure = Schema.Struct({ ...FailureReport.fields, sealed: Schema.optionalKey(Schema.String) })

/** Lists the fields of a record that are read. Any other field is kept as it is (G5). */
const Stored = Schema.Struct({
  state: IntentState,
  attempt: Schema.FiniteFromString,
  content: Schema.String,
  connector: ConnectorId,
  account: AccountId,
  capability: CapabilityId,
  protection: Protection,
  correlation: CorrelationId,
  created: Schema.FiniteFromString,
  accepted: Schema.optionalKey(Schema.FiniteFromString),
  lane: Schema.optionalKey(ConversationId),
  /** Sealed request. */
  request: Schema.optionalKey(Schema.String),
  claimed: Schema.optionalKey(Schema.FiniteFromString),
  deadline: Schema.optionalKey(Schema.FiniteFromString),
  settled: Schema.optionalKey(Schema.FiniteFromString),
  /** Sealed receipt; empty when the provider returned no message id. */
  receipt: Schema.optionalKey(Schema.String),
  failure: Schema.optionalKey(Schema.fromJsonString(StoredFailure)),
  reported: Schema.optionalKey(Schema.fromJsonString(StoredFailure)),
  delivery: Schema.optionalKey(Schema.String),
  timeline: Schema.String
})
type Stored = typeof Stored.Type

const decodeStored = Schema.decodeUnknownEffect(Stored)
const decodeReceipt = Schema.decodeUnknownEffect(Schema.fromJsonString(Receipt))
const decodeExplained = Schema.decodeUnknownEffect(Schema.fromJsonString(Explained))
const encodeFailure = Schema.encodeSync(Schema.fromJsonString(StoredFailure))
const sealedIn = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Struct({ sealed: Schema.String })))

/** Encodes a failure for the store. Returns an empty text when there is no failure. */
export const failureText = (sealer: Sealer["Service"], failure: FailureReport | undefined): string => {
  if (failure === undefined) return ""
  const { explanation, ...open } = failure
  if (explanation === undefined) return encodeFailure(open)
  return encodeFailure({ ...open, sealed: sealer.seal(JSON.stringify(Personal.open(explanation))) })
}

/** Returns the sealed part of a stored failure. Returns an empty text when there is none. */
export const sealedOf = (failure: string): string =>
  Option.match(sealedIn(failure), { onNone: () => "", onSome: ({ sealed }) => sealed })

/** Encodes a receipt, always sealed, because a message id hides a phone number (G14). */
export const receiptText = (sealer: Sealer["Service"], receipt: Receipt): string =>
  receipt.messageId === undefined ? "" : sealer.seal(JSON.stringify(receipt))

/**
 * Holds what reading a record needs: its sealer, and the milliseconds in which evidence about a doubt may still arrive.
 */
export interface RecordReading {
  readonly sealer: Sealer["Service"]
  readonly evidence: number
}

export interface Opened {
  readonly record: IntentRecord
  readonly content: string
  readonly lane?: ConversationId
  /** Sealed request. */
  readonly request?: string
}

export const decodeIntentRecord = Effect.fnUntraced(function* (
  reading: RecordReading,
  operation: string,
  intentId: IntentId,
  now: number,
  reply: unknown
): Effect.fn.Return<Opened, InfraError> {
  const fields = yield* asTexts(operation)(reply)
  const members: Record<string, string> = {}
  for (let at = 0; at + 1 < fields.length; at += 2) members[fields[at] ?? ""] = fields[at + 1] ?? ""
  const stored = yield* Effect.mapError(decodeStored(members), () => unexpectedReply(operation))
  const receipt = stored.receipt === undefined ? {} : yield* openReceipt(reading.sealer, stored.receipt)
  const effective = effectiveFailure(stored.state, stored.delivery, stored.failure, stored.reported)
  const failure = effective === undefined ? undefined : yield* openFailure(reading.sealer, effective)
  const { content, lane, request } = stored
  const beside = { ...(lane === undefined ? {} : { lane }), ...(request === undefined ? {} : { request }) }
  return { record: recordOf(intentId, stored, { ...receipt, failure }, now, reading.evidence), content, ...beside }
})

/**
 * Opens the explanation of a failure. An explanation that cannot be opened is omitted from the result and kept in the
 * store.
 */
const openFailure = (
  sealer: Sealer["Service"],
  { sealed, ...failure }: typeof StoredFailure.Type
): Effect.Effect<FailureReport> =>
  sealed === undefined
    ? Effect.succeed(failure)
    : sealer.open(sealed).pipe(
        Effect.flatMap(decodeExplained),
        Effect.match({
          onSuccess: (explained): FailureReport => ({ ...failure, explanation: Personal.of(explained) }),
          onFailure: () => failure
        })
      )

type OpenedReceipt = { readonly receipt?: Receipt; readonly unreadable?: true }

/**
 * Opens a receipt. An unreadable receipt must not keep its intent from being answered, so it is reported as such and
 * kept in the store.
 */
const openReceipt = (sealer: Sealer["Service"], sealed: string): Effect.Effect<OpenedReceipt> =>
  sealed === ""
    ? Effect.succeed({ receipt: {} })
    : sealer.open(sealed).pipe(
        Effect.flatMap(decodeReceipt),
        Effect.match({
          onSuccess: (receipt): OpenedReceipt => ({ receipt }),
          onFailure: () => ({ unreadable: true })
        })
      )

const recordOf = (
  intentId: IntentId,
  stored: Stored,
  opened: OpenedReceipt & { readonly failure: FailureReport | undefined },
  now: number,
  evidence: number
): IntentRecord => {
  const state = stateAt(stored.state, stored.deadline, now)
  const doubted = stored.state === "in_doubt" ? stored.settled : stored.deadline
  const { failure } = opened
  const steps = timelineOf(stored.timeline)
  const unreadable = { at: now, attempt: stored.attempt, what: "receipt_unreadable" }
  return {
    intentId,
    state,
    attempt: stored.attempt,
    connector: stored.connector,
    account: stored.account,
    capabilityId: stored.capability,
    protection: stored.protection,
    correlationId: stored.correlation,
    createdAt: stored.created,
    ...(stored.accepted === undefined ? {} : { acceptedAt: stored.accepted }),
    ...(stored.claimed === undefined ? {} : { claimedAt: stored.claimed }),
    ...(stored.deadline === undefined ? {} : { deadline: stored.deadline }),
    ...(state === "in_doubt" && now >= (doubted ?? now) + evidence ? { final: true as const } : {}),
    ...(stored.settled === undefined ? {} : { settledAt: stored.settled }),
    ...(opened.receipt === undefined ? {} : { receipt: opened.receipt }),
    ...(failure === undefined ? {} : { failure }),
    ...(stored.delivery === undefined ? {} : { delivery: stored.delivery }),
    timeline: opened.unreadable ? [...steps, unreadable] : steps
  }
}

const timelineOf = (text: string): ReadonlyArray<TimelineEntry> =>
  text.split(";").flatMap((entry) => {
    const [, at, attempt, what] = /^(\d+) (\d+) (\S+)$/.exec(entry) ?? []
    return what === undefined ? [] : [{ at: Number(at), attempt: Number(attempt), what }]
  })
