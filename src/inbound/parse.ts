import * as Result from "effect/Result"
import type { Json } from "../domain/json.ts"
import { parseJson } from "../domain/parse-json.ts"

/** Levels of nesting that a webhook may have; real ones have about ten. */
export const maxDepth = 128

const utf8 = new TextDecoder("utf-8", { fatal: true })

export type ParseProblem = "invalid_utf8" | "invalid_json" | "nested_too_deeply"

/** The JSON of a body whose signature held. What cannot be parsed is quarantined whole. */
export const parseBody = (body: Uint8Array): Result.Result<Json, ParseProblem> => {
  if (tooDeep(body)) return Result.fail("nested_too_deeply")
  return Result.flatMap(
    Result.try({ try: () => utf8.decode(body), catch: (): ParseProblem => "invalid_utf8" }),
    (text) => Result.try({ try: () => parseJson(text), catch: (): ParseProblem => "invalid_json" })
  )
}

const quote = 0x22
const backslash = 0x5c

/** A body of this many bytes cannot nest deeply enough to overflow a stack, and is not looked through. */
const harmless = 2_048

/** Counts brackets outside strings. */
const tooDeep = (body: Uint8Array): boolean => {
  if (body.length <= harmless) return false
  let depth = 0
  let inside = false
  for (let index = 0; index < body.length; index++) {
    const byte = body[index]
    if (inside) {
      if (byte === backslash) index++
      else if (byte === quote) inside = false
    } else if (byte === quote) inside = true
    else if (byte === 0x5b || byte === 0x7b) {
      depth++
      if (depth > maxDepth) return true
    } else if (byte === 0x5d || byte === 0x7d) depth--
  }
  return false
}
