import type { ErrorRow, ErrorTable } from "../../src/connector/error-table.ts"
import type { ProviderAnswer } from "../../src/connector/provider-http.ts"
import { PayloadError, ProviderError } from "../../src/domain/failure.ts"
import type { Json, JsonObject } from "../../src/domain/json.ts"
import { throttled } from "./error-rows.ts"
import { codeOf, objectOf } from "./read-json.ts"

/** What an error answer of the Graph API comes to. */
export type Judge = (answer: ProviderAnswer, body: Json | undefined) => ProviderError | PayloadError

/** Seconds, as the header says it; a date in it is not read (META 7: no dependable header). */
const retryAfterOf = (answer: ProviderAnswer): { readonly retryAfter?: number } => {
  const header = answer.headers["retry-after"]?.trim()
  return header !== undefined && /^\d{1,7}$/.test(header) ? { retryAfter: Number(header) } : {}
}

/** The call ended in a way that proves nothing: the provider may have acted. Where it asks us to wait, the account waits. */
export const unproven = (code: string, detail: string, answer: ProviderAnswer): ProviderError => {
  const { retryAfter } = retryAfterOf(answer)
  const common = { code, certainty: "unknown", transient: false, detail, httpStatus: answer.status } as const
  if (retryAfter === undefined) return new ProviderError({ ...common, pauses: "nothing" })
  return new ProviderError({ ...common, ...throttled({ first: retryAfter, factor: 1, most: retryAfter }), retryAfter })
}

const withoutEnvelope = (answer: ProviderAnswer): ProviderError => {
  if (answer.status >= 300 && answer.status < 400) return unproven("redirect", "answered a redirect", answer)
  if (answer.status >= 500) return unproven("server_error", "answered a server error without a code", answer)
  return unproven("unreadable_error", "answered an error that cannot be read", answer)
}

/** Judges by `code` and `error_subcode` alone: titles are localised and HTTP statuses mislead (META 3.4). */
export const judge = (table: ErrorTable): Judge => {
  const rows = new Map(table.map((row) => [row.code, row]))
  return (answer, body) => {
    const error = objectOf(objectOf(body)?.["error"])
    const code = codeOf(error?.["code"])
    if (error === undefined || code === undefined) return withoutEnvelope(answer)
    const subcode = codeOf(error["error_subcode"])
    const row = rows.get(`${code}/${subcode}`) ?? otherSubcode(rows.get(`${code}/*`), code, subcode) ?? rows.get(code)
    if (row === undefined) return unproven(code, "an error code that is not in the table", answer)
    return failureOf(row, answer, error)
  }
}

/** A row `10/*` speaks for every subcode that has none of its own, and not for the bare code. */
const otherSubcode = (row: ErrorRow | undefined, code: string, subcode: string | undefined): ErrorRow | undefined =>
  row === undefined || subcode === undefined ? undefined : { ...row, code: `${code}/${subcode}` }

const failureOf = (row: ErrorRow, answer: ProviderAnswer, error: JsonObject): ProviderError | PayloadError => {
  const { code, meaning: detail } = row
  const rejected = answer.status >= 400 && answer.status < 500 && error["is_transient"] !== true
  const certainty = rejected ? row.certainty : "unknown"
  const httpStatus = answer.status
  if (row.class === "payload" && certainty === "not_applied") {
    return new PayloadError({ code, detail, issues: [], httpStatus })
  }
  const transient = row.transient && certainty === "not_applied"
  const { pauses } = row
  return new ProviderError({ code, certainty, transient, pauses, detail, httpStatus, ...retryAfterOf(answer) })
}
