import type { ErrorTable } from "../../src/connector/error-table.ts"
import { auth, hourly, later, policy, rowsOf } from "./error-rows.ts"

const official = rowsOf("META 3.5, WDOC25 error codes")
const generic = rowsOf("META 3.5 and 5.4, class R; with which status they come is not verified")
const messenger = rowsOf("META 4.7, Messenger error table")
const samples = rowsOf("META 0, OAS error samples")
const graph = rowsOf("META 3.5 and 7, Graph objects")

const permission = Array.from({ length: 100 }, (_, index) =>
  official.refused(200 + index, "a permission is missing or was taken away", auth)
)

/** Codes that every Graph channel shares. A code that is not listed is `unknown` (G19). */
export const graphErrors: ErrorTable = [
  official.refused(0, "the app user could not be authenticated", auth),
  official.unknown(1, "an invalid request or a fault of the provider: the answer does not say which"),
  messenger.unknown("1/1357046", "the provider failed while answering; the message was sent in known cases"),
  official.unknown(2, "the provider is down or overloaded for the moment"),
  official.unknown(3, "a capability or permission is missing, reported as a fault of the provider", auth),
  official.refused(4, "the app has made too many calls", later(hourly)),
  official.refused(10, "a permission is missing or was taken away", auth),
  generic.refused(17, "the user has made too many calls", later(hourly)),
  generic.refused(32, "the page has made too many calls", later(hourly)),
  official.refused(33, "the phone number was deleted", auth),
  messenger.unknown(1200, "a passing fault of the provider while sending"),
  generic.unknown(2022, "a fault of the provider whose outcome is not documented"),
  official.payload(100, "a parameter is wrong, unsupported or too long"),
  graph.refused("100/33", "the object does not exist or this token may not see it", auth),
  graph.refused(104, "the call carried no token", auth),
  official.refused(190, "the access token has expired or was revoked", auth),
  ...permission,
  samples.refused(803, "the object does not exist or this token may not see it", auth),
  official.refused(368, "the business account is restricted for a breach of policy", policy),
  generic.refused(613, "too many calls of this kind", later(hourly))
]
