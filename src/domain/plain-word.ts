const number = /\d(?:[\s().+-]{0,2}\d){7}/
const word = /^[A-Za-z][A-Za-z0-9_.:/-]{0,79}$|^\d{1,7}(?:\/\d{1,7})?$/
const member = /^[a-z]+(?:_[a-z]+|[A-Z][a-z]+)*\d?$/

/** Returns the text decoded from base64, from each of the four positions at which a group may begin. */
const decoded = (text: string): ReadonlyArray<string> =>
  [0, 1, 2, 3].map((from) => Buffer.from(text.slice(from), "base64url").toString("latin1"))

/** Returns true for a text that may hold a phone number: eight digits or more, plain or in base64 or hex. */
export const mayHoldNumber = (text: string): boolean =>
  [text, ...decoded(text), Buffer.from(text, "hex").toString("latin1")].some((one) => number.test(one))

/** Replaces a word of a provider or a runtime that may name a person. */
export const otherWord = "other"

/** Returns a word from outside, such as an error code. Returns `other` when it may hold a person (I7). */
export const plainWord = (text: string): string => (word.test(text) && !mayHoldNumber(text) ? text : otherWord)

/**
 * Returns the name of a JSON member as an error shows it. Returns only its length when no schema would have such a name (I7).
 */
export const shownMember = (name: PropertyKey): string => {
  const text = String(name)
  if (typeof name === "number" || (text.length <= 40 && member.test(text))) return text
  return `(a name of ${[...text].length} characters)`
}
