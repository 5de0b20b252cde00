import { exactText, isExactNumber } from "./exact-number.ts"

/** A JSON value as `parseJson` returns it. A number that no double holds is an `ExactNumber`. */
export type Json = null | boolean | number | string | ReadonlyArray<Json> | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !isExactNumber(value)

const isLeaf = (value: Json | undefined) => typeof value !== "object" || value === null

/** Returns the canonical text of a JSON value: keys sorted, no white space. Equal values give equal text (G13). */
export const canonicalJson = (value: Json): string => {
  if (Array.isArray(value))
    return value.every(isLeaf) ? JSON.stringify(value) : `[${value.map(canonicalJson).join(",")}]`
  if (!isJsonObject(value)) return numberText(value) ?? JSON.stringify(value)
  let text = ""
  for (const key of Object.keys(value).sort()) {
    text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`
  }
  return `{${text}}`
}

/** Returns one text for all spellings of a number. Returns `undefined` when the value is not a finite number. */
export const numberText = (value: Json | undefined): string | undefined => {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : undefined
  return typeof value === "object" && value !== null && isExactNumber(value) ? exactText(value) : undefined
}
