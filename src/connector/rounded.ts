import { isExactNumber } from "../domain/exact-number.ts"
import type { Issue } from "../domain/failure.ts"

type Members = Record<string, unknown>
const isMembers = (value: unknown): value is Members => typeof value === "object" && value !== null

/** Returns the value with a double in place of the exact number at the path. Returns `undefined` when there is none. */
const roundedAt = (value: unknown, [step, ...rest]: ReadonlyArray<string>): unknown => {
  if (!isMembers(value)) return undefined
  if (isExactNumber(value)) return step === undefined ? Number(value.rawJSON) : undefined
  const member = step === undefined ? undefined : roundedAt(value[step], rest)
  if (step === undefined || member === undefined) return undefined
  return Array.isArray(value) ? value.with(Number(step), member) : { ...value, [step]: member }
}

/**
 * Returns the input with a double for each exact number that a schema rejected because it expects a number. Returns
 * `undefined` when the schema rejected only other values. Where a schema leaves a member open, its number keeps all digits.
 */
export const roundedInput = (input: unknown, issues: ReadonlyArray<Issue>): unknown => {
  let rounded: unknown
  for (const { path } of issues) rounded = roundedAt(rounded ?? input, path) ?? rounded
  return rounded
}
