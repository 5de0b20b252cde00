import type { Issue } from "../domain/failure.ts"
import { isExactNumber } from "../domain/json.ts"

/** Returns true for a plain object, as JSON has them. */
const isObject = (value: unknown): value is object => {
  if (typeof value !== "object" || value === null || Array.isArray(value) || isExactNumber(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const own = (object: object, key: string): unknown => Object.getOwnPropertyDescriptor(object, key)?.value

const keep = (received: unknown, decoded: unknown): void => {
  if (received === decoded) return
  if (Array.isArray(received) && Array.isArray(decoded)) {
    if (received.length === decoded.length) received.forEach((item, index) => keep(item, decoded[index]))
    return
  }
  if (!isObject(received) || !isObject(decoded)) return
  for (const key of Object.keys(received)) {
    const value = own(received, key)
    if (Object.hasOwn(decoded, key)) keep(value, own(decoded, key))
    else Object.defineProperty(decoded, key, { value, enumerable: true, writable: true, configurable: true })
  }
}

/**
 * Adds to a decoded value the keys of the received JSON that the schema does not name, each at its place. Values that the
 * schema changed stay changed. Writes into `decoded`, which no other code may hold yet, and returns it.
 */
export const withUnknownKeys = <A>(received: unknown, decoded: A): A => {
  keep(received, decoded)
  return decoded
}

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
