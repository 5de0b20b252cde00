import type { ErrorTable } from "../../src/connector/error-table.ts"
import { auth, hourly, later, policy, rowsOf, throttled } from "../meta/error-rows.ts"
import { graphErrors } from "../meta/errors.ts"
import { callingErrors, groupErrors } from "./calling-and-group-errors.ts"
import { templateErrors } from "./template-errors.ts"

const official = rowsOf("META 3.5, WDOC25 error codes")
const listed = rowsOf("META 3.5, earlier states of the WhatsApp error codes page")
const platform = rowsOf("META 3.6, WDOC25 about the platform and throughput")

/** META 3.6: wait 4^n seconds, n from 0. */
const pair = { of: "recipient", wait: { first: 1, factor: 4, most: 1_024 } } as const
/**
 * Pauses the recipient. No source says for how long; the provider gives the same answer to every message to that
 * country.
 */
const country = { of: "recipient", wait: { first: 3_600, factor: 1, most: 3_600 } } as const
/** Wait after a limit of messages per second. */
const throughput = { first: 1, factor: 2, most: 60 }
/** META 3.6: at most a minute while the number is being upgraded. */
const maintenance = { first: 60, factor: 1, most: 60 }
/** META 3.5: wait 5 minutes. */
const fiveMinutes = { first: 300, factor: 1, most: 300 }

const messages: ErrorTable = [
  listed.refused(
    506,
    "the provider received the same content a moment before; an earlier attempt in doubt may have been sent"
  ),
  official.refused(80007, "the business account exceeded its limit of calls", later(hourly)),
  official.refused(130403, "the business has blocked the recipient"),
  platform.refused(130429, "the phone number exceeded its limit of messages per second", later(throughput)),
  official.refused(130472, "the recipient is part of an experiment of the provider, so the message is not sent"),
  official.refused(130497, "the provider restricts messages of the business to recipients in that country", {
    pauses: country
  }),
  official.unknown(131000, "the provider failed with an unknown error"),
  listed.payload(131001, "the message is too long"),
  listed.payload(131002, "the recipient type is invalid"),
  official.refused(131005, "the provider denied access", auth),
  listed.refused(131006, "the request refers to an object that does not exist"),
  official.payload(131008, "a required parameter is missing"),
  official.payload(131009, "the value of a parameter is invalid"),
  official.unknown(131016, "a service of the provider is unavailable"),
  official.payload(131021, "the sender and the recipient are the same"),
  official.refused(131026, "the provider cannot deliver the message to this recipient"),
  official.refused(131030, "the recipient is not on the allow-list of the test number"),
  listed.refused(131043, "the message expired before the provider delivered it"),
  official.refused(131047, "the 24-hour customer service window is closed; only a template can be sent"),
  official.refused(131048, "the provider restricts the phone number for its spam rate", policy),
  official.refused(131049, "the provider withheld the message for ecosystem engagement; wait at least 24 hours"),
  official.refused(131050, "the recipient has opted out of marketing messages"),
  official.payload(131051, "the message type is not supported"),
  official.refused(131052, "the provider could not download the media of an inbound message"),
  official.payload(131053, "the provider could not upload the media of the message"),
  platform.refused(131056, "the rate limit for messages to this recipient is exceeded", {
    pauses: pair,
    transient: true
  }),
  official.refused(131058, "only the provider's public test numbers can send this template"),
  official.payload(131059, "the cursor of the template list is invalid"),
  official.payload(131062, "the message cannot be sent to a business-scoped user id"),
  official.payload(135000, "a parameter is invalid; the answer does not say which"),
  official.refused(137000, "the identity key hash of the recipient does not match")
]

const accounts: ErrorTable = [
  official.refused(131031, "the provider has locked the business account", policy),
  official.refused(131037, "the display name of the phone number is not approved", auth),
  official.refused(131042, "the payment of the business account has a problem", auth),
  official.refused(131044, "the payment for calls has a problem", auth),
  official.unknown(
    131045,
    "the registration of the phone number is faulty; the provider reports it as a server error",
    auth
  ),
  official.unknown(
    131057,
    "the phone number is in maintenance mode; the provider reports it as a server error",
    throttled(maintenance)
  ),
  official.unknown(133000, "an earlier deregistration is incomplete; the provider reports it as a server error", auth),
  official.unknown(133004, "the registration server of the provider is unavailable"),
  official.refused(133005, "the PIN of the phone number does not match", auth),
  official.refused(133006, "the phone number must be verified again", auth),
  official.refused(133008, "a wrong PIN was entered too many times", auth),
  official.refused(133009, "the PIN was entered again too soon", auth),
  official.refused(133010, "the phone number is not registered", auth),
  official.refused(133015, "the phone number was deleted recently and cannot be registered yet", later(fiveMinutes)),
  official.refused(
    133016,
    "the phone number is locked for about 72 hours after too many registrations and deregistrations",
    auth
  ),
  official.refused(134011, "the terms of the payment service are not accepted", auth)
]

/** Certainty, class, transience and pause of every code that answers a send (G19). */
export const errors: ErrorTable = [
  ...graphErrors,
  ...messages,
  ...templateErrors,
  ...groupErrors,
  ...callingErrors,
  ...accounts
]
