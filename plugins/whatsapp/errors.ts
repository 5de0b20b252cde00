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
  listed.refused(506, "the same was posted a moment ago; an earlier try whose end is unknown may have arrived"),
  official.refused(80007, "the business account has made too many calls", later(hourly)),
  official.refused(130403, "the business has blocked this user"),
  platform.refused(130429, "the number has sent more messages a second than it may", later(throughput)),
  official.refused(130472, "the recipient is part of an experiment and gets no such message"),
  official.refused(130497, "the business may not write to people of that country", { pauses: country }),
  official.unknown(131000, "the provider failed for a reason that it does not know"),
  listed.payload(131001, "the message is too long"),
  listed.payload(131002, "the type of the recipient is invalid"),
  official.refused(131005, "access was denied", auth),
  listed.refused(131006, "something that the request refers to does not exist"),
  official.payload(131008, "a required parameter is missing"),
  official.payload(131009, "the value of a parameter is invalid"),
  official.unknown(131016, "a service of the provider is not available"),
  official.payload(131021, "sender and recipient are the same"),
  official.refused(131026, "the message cannot be delivered to this recipient"),
  official.refused(131030, "the recipient is not on the list of a test number"),
  listed.refused(131043, "the message expired before it could be delivered"),
  official.refused(131047, "more than 24 hours have passed since the person wrote; only a template may be sent"),
  official.refused(131048, "the number is restricted since too many people reported its messages", policy),
  official.refused(131049, "withheld to protect the person from too many messages of this sort"),
  official.refused(131050, "the person has opted out of marketing messages"),
  official.payload(131051, "this type of message is not supported"),
  official.refused(131052, "media of an inbound message could not be downloaded"),
  official.payload(131053, "media to be sent could not be uploaded"),
  platform.refused(131056, "too many messages to this recipient in a short time", {
    pauses: pair,
    transient: true
  }),
  official.refused(131058, "this template may be sent from the provider's public test numbers alone"),
  official.payload(131059, "the cursor of a list of templates is invalid"),
  official.payload(131062, "this message cannot be sent to a business-scoped user id"),
  official.payload(135000, "a parameter is wrong, without saying which"),
  official.refused(137000, "the identity of the recipient has changed since it was last seen")
]

const accounts: ErrorTable = [
  official.refused(131031, "the business account is locked", policy),
  official.refused(131037, "the display name of the number is not approved", auth),
  official.refused(131042, "payment for the business account has a problem", auth),
  official.refused(131044, "payment for calls has a problem", auth),
  official.unknown(131045, "the number is not rightly registered, reported as a fault of the provider", auth),
  official.unknown(131057, "the number is in maintenance, reported as a fault of the provider", throttled(maintenance)),
  official.unknown(133000, "an earlier deregistration is incomplete, reported as a fault of the provider", auth),
  official.unknown(133004, "the provider's registration is not available"),
  official.refused(133005, "the PIN of the number does not match", auth),
  official.refused(133006, "the number must be verified again", auth),
  official.refused(133008, "the PIN was entered wrongly too often", auth),
  official.refused(133009, "the PIN was entered too fast", auth),
  official.refused(133010, "the number is not registered", auth),
  official.refused(133015, "the number was deleted a moment ago and cannot be registered yet", later(fiveMinutes)),
  official.refused(133016, "the number was registered and deregistered too often and is locked", auth),
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
