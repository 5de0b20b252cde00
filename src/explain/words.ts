import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"

const units = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"]
] as const

/** Returns a duration in its largest whole unit, such as `3 min`. */
export const duration = (millis: number): string => {
  const unit = units.find(([size]) => millis >= size)
  return unit === undefined ? `${Math.max(0, Math.round(millis))} ms` : `${Math.floor(millis / unit[0])} ${unit[1]}`
}

/** Returns a time as ISO 8601. Returns `an unknown time` when the number is no time. */
export const absolute = (at: number): string =>
  Option.match(DateTime.make(at), { onNone: () => "an unknown time", onSome: DateTime.formatIso })

/** Returns a time of the past with its age. */
export const past = (at: number, now: number): string => `${duration(now - at)} ago (${absolute(at)})`

/** Returns a time of the past from which something lasts. */
export const since = (at: number, now: number): string => `since ${absolute(at)} (${duration(now - at)})`

/** Returns a time of the future with its distance. A time that has passed is `now`. */
export const upcoming = (at: number, now: number): string =>
  at <= now ? "now" : `in ${duration(at - now)} (${absolute(at)})`

/** Returns a number with its noun: `1 attempt`, `2 attempts`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`

/** Returns a text with its first letter in upper case. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
