import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { AccountId } from "../domain/ids.ts"
import { idempotencyKey } from "../outbound/request.ts"

/** Intents that one answer may carry, and bytes that it may have. */
export const maxIntents = 16
export const maxAnswer = 262_144

/** One intent of a runtime's answer: of the event's own connector, under a key that is the event's own (G32). */
export const ReplyIntent = Schema.Struct({
  key: Schema.String.check(Schema.isPattern(idempotencyKey)),
  account: AccountId,
  capability: Schema.String.check(Schema.isPattern(/^[a-z][a-z0-9_]{0,63}$/)),
  to: Schema.optionalKey(Schema.NonEmptyString),
  input: Schema.Record(Schema.String, Schema.Json)
})
export type ReplyIntent = typeof ReplyIntent.Type

const uniqueKeys = Schema.makeFilter((intents: ReadonlyArray<ReplyIntent>) =>
  new Set(intents.map(({ key }) => key)).size === intents.length ? undefined : "each key once"
)

const Intents = Schema.Array(ReplyIntent).check(Schema.isMaxLength(maxIntents), uniqueKeys)
const decode = Schema.decodeUnknownResult(Intents, { onExcessProperty: "error" })

/** `answer_malformed`: intents that cannot be read. `answer_too_large`: more than {@link maxAnswer} bytes. */
export type AnswerProblem = "answer_malformed" | "answer_too_large"

/**
 * The intents in the body of a 2xx: none where it is not JSON, or a JSON value without `intents`. An answer that has them
 * and cannot be read says nothing that could be performed, and must not pass for an acknowledgement (I2).
 */
export const readAnswer = (
  body: string,
  contentType: string | undefined
): Result.Result<ReadonlyArray<ReplyIntent>, AnswerProblem> => {
  if (body.trim() === "") return Result.succeed([])
  if (Buffer.byteLength(body) > maxAnswer) return Result.fail("answer_too_large")
  const json = Result.try((): unknown => JSON.parse(body))
  if (Result.isFailure(json)) {
    return /\bjson\b/i.test(contentType ?? "") ? Result.fail("answer_malformed") : Result.succeed([])
  }
  const value = json.success
  if (typeof value !== "object" || value === null || !("intents" in value)) return Result.succeed([])
  return Result.mapError(decode(value.intents), () => "answer_malformed")
}
