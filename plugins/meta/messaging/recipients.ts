import * as Effect from "effect/Effect"
import { PayloadError } from "../../../src/domain/failure.ts"
import { Personal } from "../../../src/domain/personal.ts"

const id = /^[A-Za-z0-9_-]{1,128}$/

/** Refuses what no id of this provider can be: it stands in paths, and a phone number in its place is a mistake. */
const checkId = (what: string) => (to: string) =>
  id.test(to) ? undefined : `expected ${what}: letters, digits, - and _ alone`

export const checkPerson = checkId("the person's id, as it came in `from`")
export const checkComment = checkId("the id of a comment, as it came in `providerId`")

const noRecipient = new PayloadError({
  code: "invalid_request",
  detail: "this needs a recipient",
  issues: [{ path: ["to"], message: "expected a recipient" }]
})

/** The recipient in plain, at the edge where it is sent. */
export const recipientOf = (to: Personal<string> | undefined): Effect.Effect<string, PayloadError> =>
  to === undefined ? Effect.fail(noRecipient) : Effect.succeed(Personal.open(to))
