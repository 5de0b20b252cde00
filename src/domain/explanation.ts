import * as Schema from "effect/Schema"
import { Personal } from "./personal.ts"

const text = (description: string) => Schema.optionalKey(Schema.String.annotate({ description }))

/** The provider's own words about a failure. They may name a person or repeat content: never logged, sealed at rest. */
export const Explanation = Schema.Struct({
  message: text("The provider's error message, cut to 1,000 characters."),
  details: text("The provider's details (`error_data.details`), cut to 1,000 characters."),
  userTitle: text("The title that the provider wrote for a user, cut to 1,000 characters."),
  userMessage: text("The message that the provider wrote for a user, cut to 1,000 characters.")
})
export type Explanation = typeof Explanation.Type

/** An explanation and the ids of the persons it is about. The erasure of a person finds it by these ids. */
export const Explained = Schema.Struct({ said: Explanation, about: Schema.Array(Schema.String) })
export type Explained = typeof Explained.Type

/** Schema of an explanation wrapped in `Personal`, which does not print it. */
export const HiddenExplanation = Schema.declare(
  (value: unknown): value is Personal<Explained> => value instanceof Personal
)

/** Most characters kept of each text. */
const most = 1_000

const cut = (text: string | undefined) =>
  text === undefined || text === "" ? undefined : [...text].slice(0, most).join("")

/**
 * Returns an explanation of the texts that are present, each cut to 1,000 characters. Returns `undefined` when all are absent.
 */
export const explanationOf = (texts: {
  readonly message?: string | undefined
  readonly details?: string | undefined
  readonly userTitle?: string | undefined
  readonly userMessage?: string | undefined
}): Explanation | undefined => {
  const message = cut(texts.message)
  const details = cut(texts.details)
  const userTitle = cut(texts.userTitle)
  const userMessage = cut(texts.userMessage)
  const said = {
    ...(message === undefined ? {} : { message }),
    ...(details === undefined ? {} : { details }),
    ...(userTitle === undefined ? {} : { userTitle }),
    ...(userMessage === undefined ? {} : { userMessage })
  }
  return Object.keys(said).length === 0 ? undefined : said
}

/** Adds ids of persons whom an explanation is about. */
export const about = (explained: Personal<Explained>, ids: ReadonlyArray<string>): Personal<Explained> => {
  const { said, about: known } = Personal.open(explained)
  return Personal.of({ said, about: [...known, ...ids] })
}
