import type { Channel } from "../../connector/channel.ts"

/** Digits of a number, each way in which a provider may write it: Brazil with and without the ninth, Mexico with and without the one. */
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

/** Every way to write one person, and whether a text names him. Names a person itself: never to be printed. */
export interface Person {
  readonly forms: ReadonlyArray<string>
  readonly isNamedIn: (text: string) => boolean
}

/** The person to erase, at a connector or at one account of it. */
export interface Forgetting {
  readonly channel: Channel
  readonly account?: string
  readonly person: Person
}

const written = /\+?\d[\d\s().-]{4,40}\d/g
const word = /[A-Za-z0-9+/_-]{8,}/g

/** What a text says in base64, wherever in a word that begins. */
const hidden = (text: string): ReadonlyArray<string> =>
  (text.match(word) ?? []).flatMap((one) =>
    [0, 1, 2, 3].map((from) => Buffer.from(one.slice(from), "base64").toString("latin1"))
  )

/** Not as a part of a longer number or id. */
const stands = (text: string, form: string): boolean => {
  const part = /^\d+$/.test(form) ? /\d/ : /[A-Za-z0-9]/
  for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
    if (!part.test(text[at - 1] ?? "") && !part.test(text[at + form.length] ?? "")) return true
  }
  return false
}

/**
 * A person as an operator has him: a phone number however it is punctuated, `wa_id`, or an id of the provider's.
 * `undefined` where it is none of these: what is too short or no id would name others too.
 */
export const personOf = (text: string): Person | undefined => {
  const asked = text.trim()
  const digits = digitsOf(asked)
  const numbers = phone.test(asked) ? numbersOf(digits) : []
  if (numbers.length === 0 ? !id.test(asked) : digits.length < fewest || digits.length > 32) return undefined
  const forms = numbers.length === 0 ? [asked] : numbers
  const known = new Set(numbers)
  const says = (one: string) =>
    forms.some((form) => stands(one, form)) ||
    (known.size > 0 && (one.match(written) ?? []).some((number) => known.has(digitsOf(number))))
  return {
    forms: numbers.length === 0 ? forms : numbers.flatMap((number) => [number, `+${number}`]),
    isNamedIn: (whole) => says(whole) || hidden(whole).some(says)
  }
}
