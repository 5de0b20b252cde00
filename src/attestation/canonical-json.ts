import * as Data from "effect/Data"
import * as Result from "effect/Result"
import { canonicalJson, isExactNumber, type Json } from "../domain/json.ts"
import { jsonIn } from "../domain/parse-json.ts"

/** A value that RFC 8785 cannot write. */
export class NotCanonical extends Data.TaggedError("NotCanonical")<{
  readonly found: "a number that a double does not hold" | "a number that is not finite" | "half of a surrogate pair"
}> {}

const utf8 = new TextEncoder()

const problemOf = (value: Json): NotCanonical["found"] | undefined => {
  if (typeof value === "string") return value.isWellFormed() ? undefined : "half of a surrogate pair"
  if (typeof value === "number") return Number.isFinite(value) ? undefined : "a number that is not finite"
  if (typeof value !== "object" || value === null) return undefined
  if (isExactNumber(value)) return "a number that a double does not hold"
  for (const [name, member] of Object.entries(value)) {
    const problem = problemOf(name) ?? problemOf(member)
    if (problem !== undefined) return problem
  }
  return undefined
}

/**
 * Returns the canonical JSON of a value (RFC 8785) in UTF-8: the bytes that are signed and digested. Equal values give equal
 * bytes in every program.
 */
export const canonicalBytes = (value: Json): Result.Result<Uint8Array, NotCanonical> => {
  const found = problemOf(value)
  return found === undefined
    ? Result.succeed(utf8.encode(canonicalJson(value)))
    : Result.fail(new NotCanonical({ found }))
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const textIn = (bytes: Uint8Array) =>
  Result.getOrElse(Result.try({ try: () => strictUtf8.decode(bytes), catch: () => undefined }), () => "")

const isEqual = (one: Uint8Array, other: Uint8Array) =>
  one.length === other.length && one.every((byte, at) => byte === other[at])

/** Returns the value of canonical JSON. Returns `undefined` for other bytes, such as an object with the same name twice. */
export const canonicalIn = (bytes: Uint8Array): Json | undefined => {
  const text = textIn(bytes)
  const json = jsonIn(text)
  const canonical = json === undefined ? undefined : Result.getOrUndefined(canonicalBytes(json))
  return canonical !== undefined && isEqual(canonical, utf8.encode(text)) ? json : undefined
}
