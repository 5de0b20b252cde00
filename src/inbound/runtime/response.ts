import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { parseJson } from "../../domain/parse-json.ts"
import { idempotencyKey } from "../../outbound/intent/parse-request.ts"

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
