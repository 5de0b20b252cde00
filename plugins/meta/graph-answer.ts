import type { ProviderAnswer } from "../../src/connector/provider-http.ts"
import type { Json } from "../../src/domain/json.ts"
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
