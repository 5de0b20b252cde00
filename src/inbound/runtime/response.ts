import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { parseJson } from "../../domain/parse-json.ts"
import { idempotencyKey } from "../../outbound/intent/parse-request.ts"

/**
 * Meaning of one answer. `taken`: the event is delivered. `refused`: the runtime rejects this event, or all events. `busy`:
 * the runtime asks for a delay. `unclear`: the event or the runtime is the cause. `away`: any event would get this answer.
 * `unreached`: the runtime received nothing of the event.
 */
export type ResponseSign = "taken" | "refused" | "busy" | "unclear" | "away" | "unreached"

/** First and last of a range of statuses. */
type Statuses = readonly [first: number, last: number]

export interface AnswerRow {
  readonly sign: ResponseSign
  readonly statuses?: ReadonlyArray<Statuses>
  /** When set, the row matches only an answer with a valid `Retry-After`. */
  readonly retryAfter?: true
  /** Failures of the transport, when no complete answer arrived. */
  readonly reasons?: ReadonlyArray<string>
}

const one = (status: number): Statuses => [status, status]

/** Maps every answer of a runtime to its meaning (G48). The first row that matches applies. The guide shows this table. */
export const answerTable: ReadonlyArray<AnswerRow> = [
  { sign: "taken", statuses: [[200, 299]] },
  { sign: "busy", statuses: [one(429)] },
  { sign: "busy", statuses: [one(503)], retryAfter: true },
  {
    sign: "away",
    statuses: [[300, 399], one(401), [403, 405], one(407), one(421), one(502), one(504), one(511), [520, 530]]
  },
  { sign: "unclear", statuses: [one(408), one(425), [500, 599]] },
  { sign: "refused", statuses: [[400, 499]] },
  { sign: "refused", reasons: ["answer_malformed", "answer_too_large"] },
  { sign: "unclear", reasons: ["timeout", "connection_lost", "truncated"] },
  {
    sign: "unreached",
    reasons: [
      "refused",
      "dns",
      "tls",
      "connect_timeout",
      "network",
      "too_late",
      "invalid",
      "signing_secret",
      "header_secret"
    ]
  }
]

/** Returns the sign of a status. Returns `unclear` when no row matches. */
export const signOfStatus = (status: number, retryAfter: boolean): ResponseSign =>
  answerTable.find(
    (row) =>
      row.statuses?.some(([first, last]) => status >= first && status <= last) === true &&
      (row.retryAfter !== true || retryAfter)
  )?.sign ?? "unclear"

/** Returns the sign of a delivery without a complete, valid answer. Returns `unclear` when no row matches. */
export const signOfReason = (reason: string): ResponseSign =>
  answerTable.find((row) => row.reasons?.includes(reason))?.sign ?? "unclear"

/** Limits of one answer: its intents, and its bytes when it has any. */
export const maxIntentsInResponse = 16
export const maxAnswer = 262_144

/** One intent of a runtime's answer. It is for the event's connector, and its key is unique within the event (G32). */
export const ReplyIntent = Schema.Struct({
  key: Schema.String.check(Schema.isPattern(idempotencyKey)),
  account: Schema.String.check(Schema.isPattern(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/)),
  capability: Schema.String.check(Schema.isPattern(/^[a-z][a-z0-9_]{0,63}$/)),
  to: Schema.optionalKey(Schema.NonEmptyString),
  input: Schema.Record(Schema.String, Schema.Json)
})
export type ReplyIntent = typeof ReplyIntent.Type

const uniqueKeys = Schema.makeFilter((intents: ReadonlyArray<ReplyIntent>) =>
  new Set(intents.map(({ key }) => key)).size === intents.length ? undefined : "each key once"
)

const Intents = Schema.Array(ReplyIntent).check(Schema.isMaxLength(maxIntentsInResponse), uniqueKeys)
const decode = Schema.decodeUnknownResult(Intents, { onExcessProperty: "error" })

/** `answer_malformed`: intents that cannot be read. `answer_too_large`: more than {@link maxAnswer} bytes. */
export type AnswerProblem = "answer_malformed" | "answer_too_large"

const byteOrderMark = "\uFEFF"

/** Returns true for invalid JSON that was meant to contain intents: it begins as an object and names them. */
const isBrokenOffer = (text: string) => text.startsWith("{") && text.includes('"intents"')

/**
 * Returns the intents in the body of a 2xx. Returns none when the body is no JSON object with `intents`; its content type
 * does not matter. Fails when the intents are invalid or too large: such an answer must not count as an acknowledgement (I2).
 */
export const parseResponse = (body: string): Result.Result<ReadonlyArray<ReplyIntent>, AnswerProblem> => {
  const text = (body.startsWith(byteOrderMark) ? body.slice(1) : body).trim()
  if (!text.startsWith("{")) return Result.succeed([])
  const json = Result.try((): unknown => parseJson(text))
  if (Result.isFailure(json)) return isBrokenOffer(text) ? Result.fail("answer_malformed") : Result.succeed([])
  const value = json.success
  if (typeof value !== "object" || value === null || !("intents" in value)) return Result.succeed([])
  if (Buffer.byteLength(text) > maxAnswer) return Result.fail("answer_too_large")
  return Result.mapError(decode(value.intents), () => "answer_malformed")
}
