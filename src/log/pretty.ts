import { fieldJson, fieldNames, isoTime } from "./encode.ts"
import type { BootCheck, Level, LogLine } from "./line.ts"

const codes: Readonly<Record<Level, number>> = { debug: 90, info: 36, warn: 33, error: 31, fatal: 35 }

const dim = 2
const bold = 1
const paint = (code: number, text: string): string => `\u001B[${code}m${text}\u001B[0m`

const checkText = ({ name, state, problem, remedy }: BootCheck): string =>
  [`${state} ${name}`, problem, remedy].filter((part) => part !== undefined).join("; ")

const notOk = (checks: ReadonlyArray<BootCheck>): string => {
  const wrong = checks.filter(({ state }) => state !== "ok").map((check) => JSON.stringify(checkText(check)))
  return [`${checks.length - wrong.length} ok`, ...wrong].join(", ")
}

/**
 * Formats a line for a terminal: time of day, level, event and fields. Writes one line, without control characters except
 * colour.
 */
export const pretty = ({ time, level, event, fields }: LogLine): string => {
  const shown = fieldNames.flatMap((name) => {
    const value = fields[name]
    if (value === undefined) return []
    const text = name === "checks" && fields.checks !== undefined ? notOk(fields.checks) : fieldJson(name, value)
    return [`${paint(dim, `${name}=`)}${text.replace(/^"([^"\\]*)"$/, "$1")}`]
  })
  const head = [paint(dim, isoTime(time).slice(11, 23)), paint(codes[level], level.padEnd(5)), paint(bold, event)]
  return [...head, ...shown].join(" ")
}
