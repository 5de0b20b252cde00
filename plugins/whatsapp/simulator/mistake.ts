import type { Json, JsonObject } from "../../../src/domain/json.ts"
import { codePoints } from "../../meta/text-length.ts"
import { listOf, objectOf } from "../../meta/read-json.ts"

/** A refusal of the provider: a code of META 3.5, and details for people. */
export interface Mistake {
  readonly code: number
  readonly details: string
  /** 400 unless the table has another. */
  readonly status?: number
  readonly subcode?: number
}

export const missing = (what: string): Mistake => ({ code: 131_008, details: `${what} is required` })
export const badValue = (details: string): Mistake => ({ code: 131_009, details })
export const tooMuch = (what: string, most: number): Mistake => ({
  code: 100,
  details: `${what} must be at most ${most} long`
})

/** Returns one mistake in the object of a message, or `undefined`. */
export type Check = (object: JsonObject) => Mistake | undefined

export const into = (object: JsonObject, path: string): Json | undefined =>
  path.split(".").reduce<Json | undefined>((value, step) => objectOf(value)?.[step], object)

/** Returns the first mistake that any of the checks finds. */
export const all =
  (...checks: ReadonlyArray<Check>): Check =>
  (object) => {
    for (const check of checks) {
      const found = check(object)
      if (found !== undefined) return found
    }
    return undefined
  }

export const required =
  (...paths: ReadonlyArray<string>): Check =>
  (object) => {
    const gone = paths.find((path) => [undefined, null, ""].some((nothing) => into(object, path) === nothing))
    return gone === undefined ? undefined : missing(gone)
  }

/** Limits the length of a text, where present. */
export const within =
  (path: string, most: number): Check =>
  (object) => {
    const text = into(object, path)
    return typeof text === "string" && codePoints(text) > most ? tooMuch(path, most) : undefined
  }

/** Checks every item of a list, and limits their number. */
export const items =
  (path: string, most: number, check: Check): Check =>
  (object) => {
    const list = listOf(into(object, path)) ?? []
    if (list.length > most) return tooMuch(path, most)
    return list.map((item) => check(objectOf(item) ?? {})).find((found) => found !== undefined)
  }
