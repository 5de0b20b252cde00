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
  pages.refused("10/2534022", "the time in which this person may be written to has passed"),
  pages.refused("10/2018278", "the time in which this person may be written to has passed"),
  pages.refused("10/2018065", "the time in which this person may be written to has passed"),
  pages.refused("10/2018108", "this person cannot be reached: blocked, deactivated or not receiving"),
  pages.refused(551, "this person cannot be reached: blocked, deactivated or not receiving"),
  pages.refused("551/1545041", "this person cannot be reached: blocked, deactivated or not receiving"),
  pages.refused("200/1545041", "this person cannot be reached: blocked, deactivated or not receiving")
]

/** Explains a refusal that proves nothing about an earlier attempt, but is a hint (G20). */
const hint =
  "a private reply to this comment is not possible: it was answered before, is over 7 days old or was deleted; " +
  "an earlier private reply to it whose end is unknown may have arrived"

const requests: ErrorTable = [
  // A deleted comment or message says nothing about the account.
  pages.refused("100/33", "the object does not exist, this token may not see it, or the edge is dead"),
  pages.payload("100/2534014", "there is no such person"),
  uncaptured.payload("100/2018001", "there is no such person"),
  pages.refused("100/2534025", hint),
  pages.refused(10900, hint),
  pages.payload("100/2018047", "the attachment could not be fetched or is not of its type"),
  pages.payload(9000001, "the message referred to was deleted or is too old"),
  pages.refused(10903, "this person may not be written to by this account"),
  pages.refused("10903/1893049", "this person may not be written to by this account"),
  pages.refused("10/2018300", "another app holds the conversation", { ...thread, transient: true }),
  pages.refused("10/2018321", "an automated flow holds the conversation", { ...thread, transient: true })
]

/** Without a subcode, these codes concern the account's permissions; with one, they may concern one person or message. */
const others: ErrorTable = [
  pages.refused("10/*", "the message may not be sent, for a reason that is not known here"),
  pages.refused("200/*", "the message may not be sent, for a reason that is not known here")
]

const accounts: ErrorTable = [
  pages.refused("10/1893063", "the page is restricted for the moment", policy),
  pages.refused("100/2534029", "the account is shut out from the messaging API", policy),
  pages.refused("200/2534041", "the owner of the account does not allow access to its messages", auth),
  pages.refused("200/2534066", "a permission is missing or was taken away", auth),
  pages.refused(10904, "messages of the page are switched off", auth),
  pages.refused("10904/1893050", "messages of the page are switched off", auth),
  pages.refused("613/2534040", "more messages a second than the account may send", later(perSecond)),
  pages.refused(80002, "the account has made too many calls", later(hourly)),
  uncaptured.refused(80001, "the page has made too many calls", later(hourly)),
  uncaptured.refused(80006, "the page has made too many calls", later(hourly)),
  uncaptured.unknown("2/2018344", "a passing fault of the provider")
]

/** Codes of Instagram and Messenger beside those of every Graph channel. */
export const ownErrors: ErrorTable = [...windows, ...requests, ...accounts, ...others]

const own = new Set(ownErrors.map(({ code }) => code))

/** Certainty, class, transience and pause of every code that answers a send (G19). */
export const messagingErrors: ErrorTable = [...graphErrors.filter(({ code }) => !own.has(code)), ...ownErrors]
