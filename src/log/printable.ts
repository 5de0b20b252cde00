/** What stands in the place of a value that a log line may not hold. */
export const unprintable = "unprintable"

/** A word that can be a code, an id or a place in a source file. */
const word = /^[A-Za-z0-9_./:-]{1,80}$/

export const printable = (value: unknown): string =>
  typeof value === "string" && word.test(value) ? value : unprintable
