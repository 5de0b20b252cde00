import { isJsonObject, type Json, type JsonObject, numberText } from "../../src/domain/json.ts"

/**
 * Returns an id or another text of the provider: any non-empty string. A number in its place becomes text with all its
 * digits.
 */
export const textOf = (value: Json | undefined): string | undefined => {
  if (typeof value === "string") return value === "" ? undefined : value
  return numberText(value)
}

export const objectOf = (value: Json | undefined): JsonObject | undefined => (isJsonObject(value) ? value : undefined)

export const listOf = (value: Json | undefined): ReadonlyArray<Json> | undefined =>
  Array.isArray(value) ? value : undefined

const year10000 = 253_402_300_800

/** Converts Unix seconds, as digits or a whole number, to milliseconds. Returns `undefined` for any other value. */
export const millisOf = (seconds: Json | undefined): number | undefined => {
  const value = typeof seconds === "string" && /^\d{1,12}$/.test(seconds) ? Number(seconds) : seconds
  if (typeof value !== "number" || !Number.isSafeInteger(value)) return undefined
  return value >= 0 && value < year10000 ? value * 1000 : undefined
}

/** Returns an error code of the provider: digits only, since it is logged. Returns `undefined` for any other value. */
export const codeOf = (value: Json | undefined): string | undefined => {
  const text = textOf(value)
  return text !== undefined && /^\d{1,10}$/.test(text) ? text : undefined
}
