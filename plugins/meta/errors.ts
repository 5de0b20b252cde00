import type { ErrorTable } from "../../src/connector/error-table.ts"
import { auth, hourly, later, policy, rowsOf } from "./error-rows.ts"

const official = rowsOf("META 3.5, WDOC25 error codes")
const generic = rowsOf("META 3.5 and 5.4, class R; with which status they come is not verified")
const messenger = rowsOf("META 4.7, Messenger error table")
const samples = rowsOf("META 0, OAS error samples")
const graph = rowsOf("META 3.5 and 7, Graph objects")

const permission = Array.from({ length: 100 }, (_, index) =>
  official.refused(200 + index, "a permission is missing or was revoked", auth)
)

/** Codes that every Graph channel shares. A code that is not listed is `unknown` (G19). */
export const graphErrors: ErrorTable = [
  official.refused(0, "the provider could not authenticate the app user", auth),
  official.unknown(1, "the request is invalid or the provider failed; the answer does not say which"),
  messenger.unknown("1/1357046", "the provider failed to answer, and in known cases it had sent the message"),
  official.unknown(2, "the provider is temporarily down or overloaded"),
  official.unknown(3, "the app lacks a capability or a permission; the provider reports it as a server error", auth),
  official.refused(4, "the app exceeded its limit of calls", later(hourly)),
  official.refused(10, "a permission is missing or was revoked", auth),
  generic.refused(17, "the user exceeded the limit of calls", later(hourly)),
  generic.refused(32, "the page exceeded its limit of calls", later(hourly)),
  official.refused(33, "the phone number is deleted", auth),
  messenger.unknown(1200, "the provider failed temporarily while it sent the message"),
  generic.unknown(2022, "the provider failed, and no source documents the outcome"),
  official.payload(100, "a parameter is invalid, unsupported or too long"),
  graph.refused("100/33", "the object does not exist, or the token has no access to it", auth),
  graph.refused(104, "the call has no access token", auth),
  official.refused(190, "the access token is expired or invalid", auth),
  ...permission,
  samples.refused(803, "the object does not exist, or the token has no access to it", auth),
  official.refused(368, "the provider restricts the business account for a policy violation", policy),
  generic.refused(613, "the limit of calls of this kind is exceeded", later(hourly))
]
