import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
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

/** Seconds since the epoch at which the year 10000 begins. */
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

/** Limit between seconds and milliseconds: 1973 as milliseconds, the year 5138 as seconds. */
const milliseconds = 100_000_000_000

const isoZone = /([+-]\d{2})(\d{2})$/

/**
 * Returns a time in milliseconds since the epoch. The provider writes milliseconds, seconds (entries of comments, some
 * senders) and, in test events of its dashboard, ISO 8601 (META 5.2, 6). Returns `undefined` for any other value.
 */
export const instantOf = (value: Json | undefined): number | undefined => {
  if (typeof value === "string" && /^\d{4}-\d{2}-\d{2}T/.test(value)) {
    return Option.getOrUndefined(Option.map(DateTime.make(value.replace(isoZone, "$1:$2")), DateTime.toEpochMillis))
  }
  const count = typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value
  if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0) return undefined
  const millis = count < milliseconds ? count * 1000 : count
  return millis < year10000 * 1000 ? millis : undefined
}
