const separators = /[/._:@,-]+/

/** Beginnings of tokens and keys that providers and tools give out. */
const token = /^(whsec_|EAA|IGQ|IGA|sk[-_]|pk[-_]|gh[pousr]_|xox[a-z]-|AKIA|hvs\.|ya29\.|eyJ|glpat-)/

const classOf = (character: string) => {
  if (/\d/.test(character)) return "digit"
  return character === character.toLowerCase() ? "lower" : "upper"
}

/** How often the kind of a character differs from the one before: about 0.5 in random text, below 0.3 in names. */
const changes = (text: string): number => {
  let count = 0
  for (let at = 1; at < text.length; at++) {
    if (classOf(text.charAt(at)) !== classOf(text.charAt(at - 1))) count += 1
  }
  return text.length < 2 ? 0 : count / (text.length - 1)
}

const hasBothCases = (text: string) => /[a-z]/.test(text) && /[A-Z]/.test(text)

/** Letters and digits in a row as no person writes a name: a hash, a key, a token. */
const isRandom = (word: string): boolean =>
  (word.length >= 28 && /[A-Za-z]/.test(word) && /\d/.test(word)) ||
  (word.length >= 16 && hasBothCases(word) && /\d/.test(word) && changes(word) >= 0.4) ||
  word.length >= 48

/** Base64 is cut by its own signs, into parts that are too short to be judged. */
const isRandomInParts = (joined: string): boolean =>
  joined.length >= 28 && hasBothCases(joined) && changes(joined) >= (/\d/.test(joined) ? 0.33 : 0.4)

/** Returns true when a secret may stand where a name is expected: it is random, or begins like a known token. */
export const looksSecret = (text: string): boolean => {
  if (text.length >= 16 && token.test(text)) return true
  if (text.length >= 20 && /[+=]/.test(text)) return true
  return text.split(separators).some(isRandom) || isRandomInParts(text.replace(/[/_-]/g, ""))
}

const shortened = (text: string) => `${text.slice(0, 3)}… (${text.length} characters)`

/** Signs that stand between names and in no base64. */
const between = /([.:@,]+)/

const isPlain = (part: string) => /^[a-z0-9_-]*$/.test(part) || /^[A-Z]?[a-z]{2,}$/.test(part)

const cut = (part: string): string => {
  if (!looksSecret(part)) return part
  const steps = part.split("/")
  return steps.length > 1 && steps.every((step) => looksSecret(step) || isPlain(step))
    ? steps.map((step) => (looksSecret(step) ? shortened(step) : step)).join("/")
    : shortened(part)
}

/** Returns a name as it may be printed. Each part that may be a secret is cut to its beginning and its length. */
export const shownName = (name: string): string => {
  if (!looksSecret(name)) return name
  const parts = token.test(name) ? [name] : name.split(between).map(cut)
  const shown = parts.join("")
  return looksSecret(shown) ? shortened(name) : shown
}

const words = /[A-Za-z0-9+/=_.:@,-]{16,}/g

/** Returns a text for a person, with each word of it as {@link shownName} shows it. */
export const shownText = (text: string): string => text.replace(words, shownName)
