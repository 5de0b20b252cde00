/** A number in its original spelling, made by `JSON.rawJSON`: `JSON.stringify` writes it back digit by digit. */
type ExactNumber = { readonly rawJSON: string }

declare global {
  interface JSON {
    readonly rawJSON: (text: string) => ExactNumber
    readonly isRawJSON: (value: unknown) => value is ExactNumber
  }
}

/** Returns true for a number of a JSON text that a double cannot hold. Compares the prototype first, which costs less. */
export const isExactNumber = (value: object): value is ExactNumber =>
  Object.getPrototypeOf(value) === null && JSON.isRawJSON(value)

const form = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,15}))?$/

interface Decimal {
  readonly sign: string
  /** Significant digits, without zeros at either end; empty for zero. */
  readonly digits: string
  readonly exponent: number
}

const decimalOf = (text: string): Decimal | undefined => {
  const [, sign, whole, fraction = "", exponent = "0"] = form.exec(text) ?? []
  if (sign === undefined || whole === undefined) return undefined
  const all = whole + fraction
  let from = 0
  let to = all.length
  while (from < to && all[from] === "0") from++
  while (to > from && all[to - 1] === "0") to--
  const digits = all.slice(from, to)
  if (digits === "") return { sign: "", digits, exponent: 0 }
  return { sign, digits, exponent: Number(exponent) - fraction.length + (all.length - to) }
}

/** Digits that a double between {@link tiny} and {@link huge} always holds. A text of as many characters has no more digits. */
const surelyHeld = 15
const tiny = 1e-290
const huge = 1e290
/** Most characters of a whole number that a double writes without an exponent. */
const longestWhole = 21

/** Returns true when the double that `JSON.parse` makes of the number has the same value. */
export const isHeld = (source: string): boolean => {
  const double = Number(source)
  const size = Math.abs(double)
  if (source.length <= surelyHeld && size > tiny && size < huge) return true
  const held = String(double)
  if (held === source) return true
  if (source.length <= longestWhole && Number.isInteger(double) && /^-?\d+$/.test(source)) return source === "-0"
  const [wanted, found] = [decimalOf(source), decimalOf(held)]
  return (
    wanted !== undefined &&
    found !== undefined &&
    wanted.sign === found.sign &&
    wanted.digits === found.digits &&
    wanted.exponent === found.exponent
  )
}

/** Most zeros that are written out after the digits of a whole number; beyond them, an exponent is written. */
const mostZeros = 64

/** Returns one text for all spellings of a value: `15550000000000001`, also for `15550000000000001.0`. */
const exactText = ({ rawJSON: source }: ExactNumber): string => {
  const decimal = decimalOf(source)
  if (decimal === undefined) return source
  const { sign, digits, exponent } = decimal
  return exponent >= 0 && exponent <= mostZeros
    ? `${sign}${digits}${"0".repeat(exponent)}`
    : `${sign}${digits}e${exponent}`
}

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
