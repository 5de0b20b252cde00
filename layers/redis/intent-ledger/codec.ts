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
  standingFailure,
  stateAt,
  type TimelineEntry
} from "../../../src/domain/intent.ts"
import { Personal } from "../../../src/domain/personal.ts"
import type { Sealer } from "../../../src/secrets/sealer.ts"
import { unexpectedReply } from "../failure.ts"
import { asTexts } from "../scripting/reply.ts"

/** A failure with the provider's own words sealed beside it; earlier releases read past them. */
const StoredFailure = Schema.Struct({ ...FailureReport.fields, sealed: Schema.optionalKey(Schema.String) })

/** The fields of a record that are read; any other is kept as it is (G5). */
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
  /** Sealed. */
  request: Schema.optionalKey(Schema.String),
  claimed: Schema.optionalKey(Schema.FiniteFromString),
  deadline: Schema.optionalKey(Schema.FiniteFromString),
  settled: Schema.optionalKey(Schema.FiniteFromString),
  /** Sealed; empty where the provider names no message. */
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

/** A failure as it is stored; empty for none. */
export const failureText = (sealer: Sealer["Service"], failure: FailureReport | undefined): string => {
  if (failure === undefined) return ""
  const { explanation, ...open } = failure
  if (explanation === undefined) return encodeFailure(open)
  return encodeFailure({ ...open, sealed: sealer.seal(JSON.stringify(Personal.open(explanation))) })
}

/** The sealed part of a failure as it is stored; empty where there is none. */
export const sealedOf = (failure: string): string =>
  Option.match(sealedIn(failure), { onNone: () => "", onSome: ({ sealed }) => sealed })

/** A message id hides a phone number (G14): never written unsealed. */
export const receiptText = (sealer: Sealer["Service"], receipt: Receipt): string =>
  receipt.messageId === undefined ? "" : sealer.seal(JSON.stringify(receipt))

/** What it takes to read a record: its seal, and for how many milliseconds evidence about a doubt may still come. */
export interface RecordReading {
  readonly sealer: Sealer["Service"]
  readonly evidence: number
}

export interface Opened {
  readonly record: IntentRecord
  readonly content: string
  readonly lane?: ConversationId
  /** Still sealed. */
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
  const standing = standingFailure(stored.state, stored.delivery, stored.failure, stored.reported)
  const failure = standing === undefined ? undefined : yield* openFailure(reading.sealer, standing)
  const { content, lane, request } = stored
  const beside = { ...(lane === undefined ? {} : { lane }), ...(request === undefined ? {} : { request }) }
  return { record: recordOf(intentId, stored, { ...receipt, failure }, now, reading.evidence), content, ...beside }
})

/** An explanation that cannot be opened is left out, and stays where it is. */
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

/** What a receipt says must not decide whether its intent can be answered: an unreadable one is named, and left where it is. */
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
