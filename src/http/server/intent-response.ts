import { type PayloadError, failureReport } from "../../domain/failure.ts"
import type { IntentAnswer } from "../../outbound/send/intent-result.ts"
import { shown } from "./explained.ts"
import { json, type PlainResponse, problem, retryAfter } from "./response.ts"

/**
 * Returns the response for the result of an intent; `docs/reference/http-api.md` lists the statuses. The status of a repeated
 * request follows the stored state.
 */
export const intentResponse = (answer: IntentAnswer): PlainResponse => {
  const { issues, conflict, tooMany, retryAfter: wait, ...told } = answer
  const body = shown(told)
  const headers = {
    "comporta-correlation-id": answer.correlationId,
    ...(wait === undefined ? {} : retryAfter(wait))
  }
  if (conflict === undefined && (answer.state === "sent" || answer.state === "accepted")) {
    return answer.state === "sent" ? json(200, body, headers) : json(202, body, { ...headers, ...applied })
  }
  const { status, code, title } = tooMany === true ? tooSoon(answer) : problemOf(answer)
  return problem({
    status,
    code,
    title,
    ...(answer.failure === undefined ? {} : { detail: answer.failure.detail }),
    extra: { ...(issues === undefined ? {} : { errors: issues }), ...body },
    headers
  })
}

/** RFC 7240: confirms to the caller that its preference was applied. */
const applied = { "preference-applied": "respond-async" }
const tooSoon = ({ failure }: IntentAnswer) => ({
  status: 429,
  code: failure?.code ?? "limited",
  title: "The intent was rejected before its claim; send the same key again after Retry-After"
})

const problemOf = (answer: IntentAnswer): { status: number; code: string; title: string } => {
  if (answer.conflict === "in_flight") {
    return {
      status: 409,
      code: "in_flight",
      title: "A call under this key may be under way; send the same key again after Retry-After"
    }
  }
  if (answer.conflict === "other_content") {
    return {
      status: 422,
      code: "key_reused",
      title: "This key was used for another request; use another key for this one"
    }
  }
  if (answer.state === "expired")
    return {
      status: 410,
      code: "expired",
      title: "The retention of this intent is over; find out what was sent before you use another key"
    }
  if (answer.state === "in_doubt" || answer.state === "disputed" || answer.state === "claimed") {
    return {
      status: 504,
      code: answer.state,
      title: "The outcome is unknown, and the gateway does not send again; read the intent later"
    }
  }
  switch (answer.failure?.class) {
    case "PayloadError":
      return { status: 422, code: answer.failure.code, title: "The request is invalid; detail says what to correct" }
    case "InfraError":
      if (answer.failure.code === acceptance.code) return acceptance
      return {
        status: 503,
        code: answer.failure.code,
        title: "The intent was certainly not performed; send the same key again"
      }
    case "ProviderError":
    case undefined:
      return {
        status: 502,
        code: answer.failure?.code ?? "failed",
        title: "The provider refused the call; read failure and safeNewKey before you send again"
      }
  }
}

/** The request performed nothing. A retry is safe: the store accepts a key only once. */
const acceptance = {
  status: 503,
  code: "acceptance_unknown",
  title: "The store did not confirm the acceptance; send the same key again"
}

export const notAnIntent = (failure: PayloadError): PlainResponse =>
  problem({
    status: 422,
    code: failure.code,
    title: "The request is invalid; detail and errors say what to correct",
    detail: failure.detail,
    extra: { errors: failure.issues, failure: failureReport(failure) }
  })

export const badKey: PlainResponse = problem({
  status: 400,
  code: "idempotency_key",
  title: "Idempotency-Key is missing or invalid; send 1 to 255 printable ASCII characters, bare or quoted"
})
