import type { ProviderAnswer } from "../../src/connector/provider-http.ts"
import { type Explained, explanationOf } from "../../src/domain/explanation.ts"
import type { Json, JsonObject } from "../../src/domain/json.ts"
import { Personal } from "../../src/domain/personal.ts"
import { mayHoldNumber } from "../../src/domain/shown.ts"
import { codeOf, objectOf } from "./read-json.ts"

const parse = (text: string): Json | undefined => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Returns true for an answer of the Graph API: a success with a JSON object, or an error envelope with a code (META
 * 3.4). Returns false for a redirect, for HTML and for JSON of a proxy.
 */
export const isGraphAnswer = ({ status, body }: ProviderAnswer): boolean => {
  const answer = objectOf(parse(body))
  if (answer === undefined) return false
  return (status >= 200 && status < 300) || codeOf(objectOf(answer["error"])?.["code"]) !== undefined
}

/** Content of an error envelope beside its code. */
export interface Said {
  readonly providerTraceId?: string
  readonly explanation?: Personal<Explained>
}

/**
 * Matches a trace id as Graph writes it. It needs at least one letter, since it is logged and digits alone may be a
 * phone number.
 */
const trace = /^(?=.*[A-Za-z])[A-Za-z0-9_-]{1,64}$/

const stringOf = (value: Json | undefined) => (typeof value === "string" ? value : undefined)

/** Reads the texts for people and the id for the provider's support (META 3.4). */
export const saidIn = (error: JsonObject): Said => {
  const { fbtrace_id: id, error_data: data } = error
  const said = explanationOf({
    message: stringOf(error["message"]),
    details: stringOf(data) ?? stringOf(objectOf(data)?.["details"]),
    userTitle: stringOf(error["error_user_title"]),
    userMessage: stringOf(error["error_user_msg"])
  })
  return {
    ...(typeof id === "string" && trace.test(id) && !mayHoldNumber(id) ? { providerTraceId: id } : {}),
    ...(said === undefined ? {} : { explanation: Personal.of({ said, about: [] }) })
  }
}
