import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import type { Json } from "../../../src/domain/json.ts"

/** Limit between seconds and milliseconds: 1973 as milliseconds, the year 5138 as seconds. */
const milliseconds = 100_000_000_000
const year10000 = 253_402_300_800_000

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
  return millis < year10000 ? millis : undefined
}
