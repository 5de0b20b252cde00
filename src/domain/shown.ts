const separators = /[/._:@,-]+/

/** Prefixes of tokens and keys that providers and tools issue. */
const token = /^(whsec_|EAA|IGQ|IGA|sk[-_]|pk[-_]|gh[pousr]_|xox[a-z]-|AKIA|hvs\.|ya29\.|eyJ|glpat-)/

const classOf = (character: string) => {
  if (/\d/.test(character)) return "digit"
  return character === character.toLowerCase() ? "lower" : "upper"
}

/** Returns the share of characters whose kind differs from the one before: about 0.5 in random text, below 0.3 in names. */
const changes = (text: string): number => {
  let count = 0
  for (let at = 1; at < text.length; at++) {
    if (classOf(text.charAt(at)) !== classOf(text.charAt(at - 1))) count += 1
  }
  return text.length < 2 ? 0 : count / (text.length - 1)
}

const hasBothCases = (text: string) => /[a-z]/.test(text) && /[A-Z]/.test(text)

/** Returns true for a run of letters and digits that is no written name: a hash, a key, a token. */
const isRandom = (word: string): boolean =>
  (word.length >= 28 && /[A-Za-z]/.test(word) && /\d/.test(word)) ||
  (word.length >= 16 && hasBothCases(word) && /\d/.test(word) && changes(word) >= 0.4) ||
  word.length >= 48

/** Returns true for random text without its separators: `/`, `_` and `-` of base64 cut it into parts too short to judge. */
const isRandomInParts = (joined: string): boolean =>
  joined.length >= 28 && hasBothCases(joined) && changes(joined) >= (/\d/.test(joined) ? 0.33 : 0.4)

/** Returns true when a secret may stand where a name is expected: it is random, or begins like a known token. */
export const looksSecret = (text: string): boolean => {
  if (text.length >= 16 && token.test(text)) return true
  if (text.length >= 20 && /[+=]/.test(text)) return true
  return text.split(separators).some(isRandom) || isRandomInParts(text.replace(/[/_-]/g, ""))
}

const shortened = (text: string) => `${text.slice(0, 3)}… (${text.length} characters)`

/** Characters that separate names and occur in no base64. */
const between = /([.:@,]+)/

const isPlain = (part: string) => /^[a-z0-9_-]*$/.test(part) || /^[A-Z]?[a-z]{2,}$/.test(part)

const cut = (part: string): string => {
  if (!looksSecret(part)) return part
  const steps = part.split("/")
  return steps.length > 1 && steps.every((step) => looksSecret(step) || isPlain(step))
    ? steps.map((step) => (looksSecret(step) ? shortened(step) : step)).join("/")
    : shortened(part)
}

/** Returns a name in printable form. Cuts each part that may be a secret to its beginning and its length. */
export const shownName = (name: string): string => {
  if (!looksSecret(name)) return name
  const parts = token.test(name) ? [name] : name.split(between).map(cut)
  const shown = parts.join("")
  return looksSecret(shown) ? shortened(name) : shown
}

const words = /[A-Za-z0-9+/=_.:@,-]{16,}/g

/** Returns a text for people, with each word in the form of {@link shownName}. */
export const shownText = (text: string): string => text.replace(words, shownName)

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
const otherWord = "other"

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
