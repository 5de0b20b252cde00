import * as Schema from "effect/Schema"

/** Returns the number of code points, which Graph counts as characters. An emoji with a skin tone has two. */
export const codePoints = (text: string): number => {
  let count = 0
  for (const _ of text) count += 1
  return count
}

/** Returns a schema of a text of 1 to `most` characters, counted in code points. */
export const textOfAtMost = (most: number) =>
  Schema.String.check(
    Schema.isMinLength(1),
    Schema.makeFilter((text: string) => text.length <= most || codePoints(text) <= most, {
      expected: `a text of at most ${most} characters`
    })
  )
