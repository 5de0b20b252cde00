import type { ErrorRow, ErrorTable } from "../../src/connector/error-table.ts"
import type { ProviderAnswer } from "../../src/connector/provider-http.ts"
import { PayloadError, ProviderError } from "../../src/domain/failure.ts"
import type { Json, JsonObject } from "../../src/domain/json.ts"
import { throttled } from "./error-rows.ts"
import { type Said, saidIn } from "./graph-answer.ts"
import { codeOf, objectOf } from "./read-json.ts"

/**
 * Edge of a call. `send`: it takes messages, and an unlisted refusal is `not_applied` (G19). At any other edge such a
 * refusal is `unknown`.
 */
export type Edge = "send" | "other"

/** Returns the failure that an error answer of the Graph API means. */
export type Judge = (answer: ProviderAnswer, body: Json | undefined, edge?: Edge) => ProviderError | PayloadError

/** Returns the header's seconds. Does not read a date in it (META 7: no dependable header). */
const retryAfterOf = (answer: ProviderAnswer): { readonly retryAfter?: number } => {
  const header = answer.headers["retry-after"]?.trim()
  return header !== undefined && /^\d{1,7}$/.test(header) ? { retryAfter: Number(header) } : {}
}

/**
 * Returns the failure of a call whose answer proves nothing: the provider may have acted. When the provider asks to
 * wait, the account is paused.
 */
export const unproven = (code: string, detail: string, answer: ProviderAnswer, said: Said = {}): ProviderError => {
  const { retryAfter } = retryAfterOf(answer)
  const common = { code, certainty: "unknown", transient: false, detail, httpStatus: answer.status, ...said } as const
  if (retryAfter === undefined) return new ProviderError({ ...common, pauses: "nothing" })
  return new ProviderError({ ...common, ...throttled({ first: retryAfter, factor: 1, most: retryAfter }), retryAfter })
}

const withoutEnvelope = (answer: ProviderAnswer): ProviderError => {
  if (answer.status >= 300 && answer.status < 400)
    return unproven("redirect", "the provider answered with a redirect", answer)
  if (answer.status >= 500)
    return unproven("server_error", "the provider answered with a server error without a code", answer)
  return unproven("unreadable_error", "the provider answered with an error that cannot be parsed", answer)
}

/** Judges by `code` and `error_subcode` alone: titles are localised, and HTTP statuses mislead (META 3.4). */
export const judge = (table: ErrorTable): Judge => {
  const rows = new Map(table.map((row) => [row.code, row]))
  return (answer, body, edge = "other") => {
    const error = objectOf(objectOf(body)?.["error"])
    const code = codeOf(error?.["code"])
    if (error === undefined || code === undefined) return withoutEnvelope(answer)
    const subcode = codeOf(error["error_subcode"])
    const row = rows.get(`${code}/${subcode}`) ?? otherSubcode(rows.get(`${code}/*`), code, subcode) ?? rows.get(code)
    if (row !== undefined) return failureOf(row, answer, error)
    if (edge === "send" && isRefusal(answer, error, code, subcode)) return unlisted(code, answer, error)
    return unproven(code, "the provider answered with a code that is not in the error table", answer, saidIn(error))
  }
}

/** Codes and subcodes after which the provider may have acted, listed in a table or not (G19). */
const ambiguous: ReadonlySet<string> = new Set(["1", "2", "1200", "2022", "131000", "131016", "1357046", "1545041"])

const isText = (value: Json | undefined): boolean => typeof value === "string" && value !== ""

/**
 * Returns true for a complete error envelope (META 3.4) which shows that the provider read the request and refused it.
 */
const isRefusal = (answer: ProviderAnswer, error: JsonObject, code: string, subcode: string | undefined): boolean =>
  answer.status >= 400 &&
  answer.status < 500 &&
  Number(code) >= 100 &&
  !ambiguous.has(code) &&
  !(subcode !== undefined && ambiguous.has(subcode)) &&
  (error["is_transient"] === undefined || error["is_transient"] === false) &&
  isText(error["message"]) &&
  isText(error["type"]) &&
  isText(error["fbtrace_id"])

const unlisted = (code: string, answer: ProviderAnswer, error: JsonObject): ProviderError =>
  new ProviderError({
    code,
    certainty: "not_applied",
    transient: false,
    pauses: "nothing",
    detail: "the provider refused with a code that is not in the error table",
    httpStatus: answer.status,
    unlisted: true,
    ...saidIn(error)
  })

/** Applies a row `10/*` to every subcode without a row of its own, and not to the bare code. */
const otherSubcode = (row: ErrorRow | undefined, code: string, subcode: string | undefined): ErrorRow | undefined =>
  row === undefined || subcode === undefined ? undefined : { ...row, code: `${code}/${subcode}` }

const failureOf = (row: ErrorRow, answer: ProviderAnswer, error: JsonObject): ProviderError | PayloadError => {
  const { code, meaning: detail } = row
  const rejected = answer.status >= 400 && answer.status < 500 && error["is_transient"] !== true
  const certainty = rejected ? row.certainty : "unknown"
  const httpStatus = answer.status
  if (row.class === "payload" && certainty === "not_applied") {
    return new PayloadError({ code, detail, issues: [], httpStatus, ...saidIn(error) })
  }
  const transient = row.transient && certainty === "not_applied"
  const { pauses } = row
  return new ProviderError({
    code,
    certainty,
    transient,
    pauses,
    detail,
    httpStatus,
    ...retryAfterOf(answer),
    ...saidIn(error)
  })
}
