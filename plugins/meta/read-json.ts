import { type Json, type JsonObject, isJsonObject, numberText } from "../../src/domain/json.ts"

/** An id or another text of the provider: any non-empty string; a number where a string was expected, with all its digits. */
export const textOf = (value: Json | undefined): string | undefined => {
  if (typeof value === "string") return value === "" ? undefined : value
  return numberText(value)
}

export const objectOf = (value: Json | undefined): JsonObject | undefined => (isJsonObject(value) ? value : undefined)

export const listOf = (value: Json | undefined): ReadonlyArray<Json> | undefined =>
  Array.isArray(value) ? value : undefined

const year10000 = 253_402_300_800

/** Unix seconds, as a string of digits or a whole number, in milliseconds; `undefined` for anything else. */
export const millisOf = (seconds: Json | undefined): number | undefined => {
  const value = typeof seconds === "string" && /^\d{1,12}$/.test(seconds) ? Number(seconds) : seconds
  if (typeof value !== "number" || !Number.isSafeInteger(value)) return undefined
  return value >= 0 && value < year10000 ? value * 1000 : undefined
}

/** An error code of the provider: digits alone, since it is logged; `undefined` for anything else. */
export const codeOf = (value: Json | undefined): string | undefined => {
  const text = textOf(value)
  return text !== undefined && /^\d{1,10}$/.test(text) ? text : undefined
}
