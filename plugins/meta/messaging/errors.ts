import type { ErrorTable } from "../../../src/connector/error-table.ts"
import { auth, hourly, later, policy, rowsOf } from "../error-rows.ts"
import { graphErrors } from "../errors.ts"

const pages = rowsOf("META 5.4, MSEND and IGDOC error tables")
const uncaptured = rowsOf("META 0 and 5.4, not from a captured source")

/** Wait after a limit of calls per second. */
const perSecond = { first: 1, factor: 2, most: 60 }
/** Pauses the recipient: another app or flow holds the conversation. No source says for how long. */
const thread = { pauses: { of: "recipient", wait: { first: 60, factor: 2, most: 3_600 } } } as const

const windows: ErrorTable = [
  pages.refused("10/2534022", "the window for messages to this person is closed"),
  pages.refused("10/2018278", "the window for messages to this person is closed"),
  pages.refused("10/2018065", "the window for messages to this person is closed"),
  pages.refused("10/2018108", "this person is unavailable: blocked, deactivated or not receiving"),
  pages.refused(551, "this person is unavailable: blocked, deactivated or not receiving"),
  pages.refused("551/1545041", "this person is unavailable: blocked, deactivated or not receiving"),
  pages.refused("200/1545041", "this person is unavailable: blocked, deactivated or not receiving")
]

/** Explains a refusal that proves nothing about an earlier attempt, but is a hint (G20). */
const hint =
  "a private reply to this comment is not possible: it has one already, is over 7 days old or is deleted; " +
  "an earlier private reply in doubt may have been sent"

const requests: ErrorTable = [
  // A deleted comment or message says nothing about the account.
  pages.refused("100/33", "the object does not exist, the token has no access to it, or the edge no longer exists"),
  pages.payload("100/2534014", "no person matches the recipient id"),
  uncaptured.payload("100/2018001", "no person matches the recipient id"),
  pages.refused("100/2534025", hint),
  pages.refused(10900, hint),
  pages.payload("100/2018047", "the provider could not fetch the attachment, or it has another type"),
  pages.payload(9000001, "the message that the request refers to is deleted or too old"),
  pages.refused(10903, "the provider restricts messages of this account to this person"),
  pages.refused("10903/1893049", "the provider restricts messages of this account to this person"),
  pages.refused("10/2018300", "another app controls the conversation", { ...thread, transient: true }),
  pages.refused("10/2018321", "an automated flow controls the conversation", { ...thread, transient: true })
]

/** Without a subcode, these codes concern the account's permissions; with one, they may concern one person or message. */
const others: ErrorTable = [
  pages.refused("10/*", "the provider does not permit the message, and the subcode is not in the error table"),
  pages.refused("200/*", "the provider does not permit the message, and the subcode is not in the error table")
]

const accounts: ErrorTable = [
  pages.refused("10/1893063", "the provider restricts the page temporarily", policy),
  pages.refused("100/2534029", "the provider blocks the account from the messaging API", policy),
  pages.refused("200/2534041", "the owner of the account has disabled access to its messages", auth),
  pages.refused("200/2534066", "a permission is missing or was revoked", auth),
  pages.refused(10904, "the messages of the page are disabled", auth),
  pages.refused("10904/1893050", "the messages of the page are disabled", auth),
  pages.refused("613/2534040", "the account exceeded its send rate", later(perSecond)),
  pages.refused(80002, "the account exceeded its limit of calls", later(hourly)),
  uncaptured.refused(80001, "the page exceeded its limit of calls", later(hourly)),
  uncaptured.refused(80006, "the page exceeded its limit of calls", later(hourly)),
  uncaptured.unknown("2/2018344", "the provider failed temporarily")
]

/** Codes of Instagram and Messenger beside those of every Graph channel. */
export const ownErrors: ErrorTable = [...windows, ...requests, ...accounts, ...others]

const own = new Set(ownErrors.map(({ code }) => code))

/** Certainty, class, transience and pause of every code that answers a send (G19). */
export const messagingErrors: ErrorTable = [...graphErrors.filter(({ code }) => !own.has(code)), ...ownErrors]
