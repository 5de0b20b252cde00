import * as Result from "effect/Result"
import { isHeld, type Json } from "./json.ts"

/** Finds numbers that a double may not hold: 16 characters of digits, or an exponent. Also finds some that it does hold. */
const suspicious = /[\s:,[]-?(?:[\d.]{16}|[\d.]+[eE])/
const beginsWithNumber = /^-?\d/

/**
 * Parses JSON as `JSON.parse` does, but keeps each number that a double would round as an `ExactNumber`. A text without such a
 * number costs one more pass of a regular expression. Throws a `SyntaxError` when the text is not JSON.
 */
export const parseJson = (text: string): Json =>
  suspicious.test(text) || beginsWithNumber.test(text) ? parseExactly(text) : JSON.parse(text)

/** Returns the parsed value. Returns `undefined` when the text is not JSON. */
export const jsonIn = (text: string): Json | undefined =>
  Result.getOrUndefined(Result.try({ try: () => parseJson(text), catch: () => undefined }))

const parseExactly = (text: string): Json => {
  const value: Json = JSON.parse(text)
  const rounded = roundedIn(text)
  if (rounded.length === 0) return value
  const code = unusedMark(text)
  return code === undefined
    ? revived(text)
    : restored(JSON.parse(marked(text, rounded, escapeOf(code))), String.fromCharCode(code))
}

/** Position of a number in the text: `to` is the position after its last character. */
interface Span {
  readonly from: number
  readonly to: number
}

/** Returns every number outside strings that a double does not hold. The text is valid JSON. */
const roundedIn = (text: string): ReadonlyArray<Span> => {
  const spans: Array<Span> = []
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) at = endOfString(text, at)
    else if (code === minus || (code >= zero && code <= nine)) {
      const to = endOfNumber(text, at)
      if (!isHeld(text.slice(at, to))) spans.push({ from: at, to })
      at = to - 1
    }
  }
  return spans
}

const quote = 0x22
const backslash = 0x5c
const minus = 0x2d
const zero = 0x30
const nine = 0x39

/** Returns the position of the closing quote. */
const endOfString = (text: string, from: number): number => {
  let at = text.indexOf('"', from + 1)
  while (isEscaped(text, at)) at = text.indexOf('"', at + 1)
  return at < 0 ? text.length : at
}

const isEscaped = (text: string, at: number): boolean => {
  let before = at - 1
  while (text.charCodeAt(before) === backslash) before--
  return (at - before) % 2 === 0
}

const endOfNumber = (text: string, from: number): number => {
  let at = from + 1
  while (at < text.length && numeric.has(text.charCodeAt(at))) at++
  return at
}

const numeric = new Set(Array.from("0123456789.eE+-", (letter) => letter.charCodeAt(0)))

/** Control characters that JSON writes only as `\u00` and two decimal digits, so that a text can be searched for that form. */
const marks = [0, 1, 2, 3, 4, 5, 6, 7, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17]
const escapeOf = (code: number) => `\\u${code.toString(16).padStart(4, "0")}`

/** Returns a character that no string of the text holds. Returns `undefined` when each of {@link marks} is used. */
const unusedMark = (text: string) => marks.find((code) => !text.includes(escapeOf(code)))

/** Writes each number as a string that begins with the mark. */
const marked = (text: string, spans: ReadonlyArray<Span>, mark: string): string => {
  const pieces: Array<string> = []
  let done = 0
  for (const { from, to } of spans) {
    pieces.push(text.slice(done, from), '"', mark, text.slice(from, to), '"')
    done = to
  }
  pieces.push(text.slice(done))
  return pieces.join("")
}

type Members = Record<string, Json>
const isList = (value: unknown): value is Array<Json> => Array.isArray(value)
const isMembers = (value: unknown): value is Members => typeof value === "object" && value !== null

/** Replaces each marked string by an exact number. Uses no recursion, since the depth of the text is not limited here. */
const restored = (parsed: Json, mark: string): Json => {
  const root: Array<Json> = [parsed]
  const nodes: Array<Array<Json> | Members> = [root]
  const exact = (value: Json | undefined) => {
    if (typeof value === "string") return value.startsWith(mark) ? JSON.rawJSON(value.slice(1)) : undefined
    if (isList(value) || isMembers(value)) nodes.push(value)
    return undefined
  }
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    if (isList(node)) {
      for (const [at, value] of node.entries()) node[at] = exact(value) ?? value
    } else {
      for (const key of Object.keys(node)) {
        const found = exact(node[key])
        if (found !== undefined) node[key] = found
      }
    }
  }
  return root[0] ?? null
}

/** Does the same with a reviver, for a text that uses each of {@link marks}. It takes about thirty times as long. */
const revived = (text: string): Json =>
  JSON.parse(text, (_key, value: unknown, ...[context]: ReadonlyArray<{ readonly source?: string }>) =>
    typeof value === "number" && context?.source !== undefined && !isHeld(context.source)
      ? JSON.rawJSON(context.source)
      : value
  )
