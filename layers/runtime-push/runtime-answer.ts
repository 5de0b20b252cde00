import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { ProviderAnswer } from "../../src/connector/provider-http.ts"
import { Personal } from "../../src/domain/personal.ts"
import { parseResponse, signOfStatus } from "../../src/inbound/runtime/response.ts"
import type { RuntimeAnswer } from "../../src/inbound/runtime/runtime.ts"

/** The longest wait that a runtime may ask for, in milliseconds. */
export const longestRetryAfter = 3_600_000

/**
 * Returns `Retry-After` in milliseconds from `now`: seconds or an HTTP date (RFC 9110 §10.2.3). Returns `undefined` for
 * any other text.
 */
export const parseRetryAfter = (value: string | undefined, now: number): number | undefined => {
  if (value === undefined) return undefined
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1_000, longestRetryAfter)
  if (!/^[A-Z][a-z]{2,8}, .+ GMT$/.test(value)) return undefined
  const until = Option.getOrUndefined(DateTime.make(value))
  if (until === undefined) return undefined
  return Math.min(Math.max(DateTime.toEpochMillis(until) - now, 0), longestRetryAfter)
}

const acknowledged = ({ status, body }: ProviderAnswer): RuntimeAnswer => {
  const intents = parseResponse(body)
  if (Result.isFailure(intents)) return { _tag: "Refused", status, problem: intents.failure }
  return intents.success.length === 0
    ? { _tag: "Acknowledged" }
    : { _tag: "Acknowledged", intents: Personal.of(intents.success) }
}

/** Returns the meaning of one complete answer, by `response.ts`. */
export const runtimeAnswer = (answer: ProviderAnswer, now: number): RuntimeAnswer => {
  const { status, headers } = answer
  const wait = status === 429 || status === 503 ? parseRetryAfter(headers["retry-after"], now) : undefined
  const sign = signOfStatus(status, wait !== undefined)
  if (sign === "taken") return acknowledged(answer)
  if (sign === "refused") return { _tag: "Refused", status }
  return { _tag: "Held", reason: `http_${status}`, sign, ...(wait === undefined ? {} : { retryAfter: wait }) }
}
