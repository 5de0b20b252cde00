import type { Channel } from "../../connector/channel.ts"

/**
 * Returns the digits of a number in each form that a provider may use: in Brazil with and without the ninth digit, in Mexico
 * with and without the 1.
 */
const numbersOf = (digits: string): ReadonlyArray<string> => {
  const [, area, nine, line] = /^55(\d\d)(9?)(\d{8})$/.exec(digits) ?? []
  if (area !== undefined && line !== undefined) return [digits, nine === "" ? `55${area}9${line}` : `55${area}${line}`]
  const [, one, rest] = /^52(1?)(\d{10})$/.exec(digits) ?? []
  return rest === undefined ? [digits] : [digits, one === "" ? `521${rest}` : `52${rest}`]
}

const phone = /^\+?[\d\s().-]+$/
const id = /^(?=(?:\D*\d){6})[\w.:-]{6,128}$/
const fewest = 6

const digitsOf = (text: string) => text.replaceAll(/\D/g, "")

/** All forms of one person's id, and a check whether a text names the person. It names a person: never print it. */
export interface Person {
  readonly forms: ReadonlyArray<string>
  readonly isNamedIn: (text: string) => boolean
}

/** The person to erase, at a connector or at one account of it. */
export interface ErasureRequest {
  readonly channel: Channel
  readonly account?: string
  readonly person: Person
}

const written = /\+?\d[\d\s().-]{4,40}\d/g
const word = /[A-Za-z0-9+/_-]{8,}/g

/** Decodes the words of a text as base64, from each of their first four characters on. */
const decodedWords = (text: string): ReadonlyArray<string> =>
  (text.match(word) ?? []).flatMap((one) =>
    [0, 1, 2, 3].map((from) => Buffer.from(one.slice(from), "base64").toString("latin1"))
  )

/** Returns true when the text contains the form, but not within a longer number or id. */
const containsForm = (text: string, form: string): boolean => {
  const part = /^\d+$/.test(form) ? /\d/ : /[A-Za-z0-9]/
  for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
    if (!part.test(text[at - 1] ?? "") && !part.test(text[at + form.length] ?? "")) return true
  }
  return false
}

/**
 * Parses a person as an operator writes one: a phone number with any punctuation, a `wa_id`, or an id of the provider.
 * Returns `undefined` when it is none of these: a text that is too short or no id would also name others.
 */
export const personOf = (text: string): Person | undefined => {
  const given = text.trim()
  const digits = digitsOf(given)
  const numbers = phone.test(given) ? numbersOf(digits) : []
  if (numbers.length === 0 ? !id.test(given) : digits.length < fewest || digits.length > 32) return undefined
  const forms = numbers.length === 0 ? [given] : numbers
  const known = new Set(numbers)
  const names = (one: string) =>
    forms.some((form) => containsForm(one, form)) ||
    (known.size > 0 && (one.match(written) ?? []).some((number) => known.has(digitsOf(number))))
  return {
    forms: numbers.length === 0 ? forms : numbers.flatMap((number) => [number, `+${number}`]),
    isNamedIn: (whole) => names(whole) || decodedWords(whole).some(names)
  }
}
