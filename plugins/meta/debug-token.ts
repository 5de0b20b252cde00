import * as Redacted from "effect/Redacted"
import type { Json } from "../../src/domain/json.ts"
import type { GraphCall, GraphSettings } from "./graph.ts"
import { codeOf, listOf, millisOf, objectOf, textOf } from "./read-json.ts"

/** The provider's facts about a token. Source: META 7, whose rows about this request are inferred, not captured. */
export interface TokenFacts {
  readonly valid: boolean
  readonly appId: string | undefined
  readonly scopes: ReadonlyArray<string> | undefined
  /** Milliseconds since the epoch; `never` when the provider says 0. */
  readonly expiresAt: number | "never" | undefined
  /** Code of the provider's own error about the token. */
  readonly errorCode: string | undefined
}

/** Requests the facts about one token, with the credential of the app itself: `app_id|app_secret`. */
export const debugToken = (
  call: GraphCall,
  question: {
    readonly settings: GraphSettings
    readonly appId: string
    readonly appSecret: Redacted.Redacted<string>
    readonly token: Redacted.Redacted<string>
  }
) =>
  call({
    operation: "meta.debug_token",
    settings: question.settings,
    method: "GET",
    path: "debug_token",
    query: { input_token: Redacted.value(question.token) },
    token: Redacted.make(`${question.appId}|${Redacted.value(question.appSecret)}`),
    expect: factsOf
  })

const factsOf = (body: Json): TokenFacts | undefined => {
  const data = objectOf(objectOf(body)?.["data"])
  const valid = data?.["is_valid"]
  if (data === undefined || typeof valid !== "boolean") return undefined
  const ends = millisOf(data["expires_at"])
  return {
    valid,
    appId: textOf(data["app_id"]),
    scopes: listOf(data["scopes"])?.flatMap((scope) => textOf(scope) ?? []),
    expiresAt: ends === 0 ? "never" : ends,
    errorCode: codeOf(objectOf(data["error"])?.["code"])
  }
}
