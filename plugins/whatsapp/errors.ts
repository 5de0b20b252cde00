import type { ErrorTable } from "../../src/connector/error-table.ts"
import { rowsOf } from "../meta/error-rows.ts"
import { graphErrors } from "../meta/errors.ts"
import { templateErrors } from "./template-errors.ts"

const official = rowsOf("META 3.5, WDOC25 error codes")
const platform = rowsOf("META 3.6, WDOC25 about the platform and throughput")

const account = { pauses: "account" } as const
const throttled = { pauses: "account", transient: true } as const

const messages: ErrorTable = [
  official.refused(80007, "the business account has made too many calls", throttled),
  official.refused(130403, "the business has blocked this user"),
  platform.refused(130429, "the number has sent more messages a second than it may", throttled),
  official.refused(130472, "the recipient is part of an experiment and gets no such message"),
  official.refused(130497, "the business may not write to people of that country", { pauses: "recipient" }),
  official.unknown(131000, "the provider failed for a reason that it does not know"),
  official.refused(131005, "access was denied", account),
  official.payload(131008, "a required parameter is missing"),
  official.payload(131009, "the value of a parameter is invalid"),
  official.unknown(131016, "a service of the provider is not available"),
  official.payload(131021, "sender and recipient are the same"),
  official.refused(131026, "the message cannot be delivered to this recipient"),
  official.refused(131030, "the recipient is not on the list of a test number"),
  official.refused(131047, "more than 24 hours have passed since the person wrote; only a template may be sent"),
  official.refused(131048, "the number is restricted since too many people reported its messages", account),
  official.refused(131049, "withheld to protect the person from too many messages of this sort"),
  official.refused(131050, "the person has opted out of marketing messages"),
  official.payload(131051, "this type of message is not supported"),
  official.refused(131052, "media of an inbound message could not be downloaded"),
  official.payload(131053, "media to be sent could not be uploaded"),
  platform.refused(131056, "too many messages to this recipient in a short time", {
    pauses: "recipient",
    transient: true
  }),
  official.payload(131059, "the cursor of a list of templates is invalid"),
  official.payload(131062, "this message cannot be sent to a business-scoped user id"),
  official.payload(135000, "a parameter is wrong, without saying which"),
  official.refused(137000, "the identity of the recipient has changed since it was last seen")
]

const accounts: ErrorTable = [
  official.refused(131031, "the business account is locked", account),
  official.refused(131037, "the display name of the number is not approved", account),
  official.refused(131042, "payment for the business account has a problem", account),
  official.refused(131044, "payment for calls has a problem", account),
  official.unknown(131045, "the number is not rightly registered, reported as a fault of the provider", account),
  official.unknown(131057, "the number is in maintenance, reported as a fault of the provider", account),
  official.unknown(133000, "an earlier deregistration is incomplete, reported as a fault of the provider", account),
  official.unknown(133004, "the provider's registration is not available"),
  official.refused(133005, "the PIN of the number does not match", account),
  official.refused(133006, "the number must be verified again", account),
  official.refused(133008, "the PIN was entered wrongly too often", account),
  official.refused(133009, "the PIN was entered too fast", account),
  official.refused(133010, "the number is not registered", account),
  official.refused(133015, "the number was deleted a moment ago and cannot be registered yet", throttled),
  official.refused(133016, "the number was registered and deregistered too often and is locked", account),
  official.refused(134011, "the terms of the payment service are not accepted", account)
]

/** Certainty, class, transience and pause of every code that a send can be answered with (G19). */
export const errors: ErrorTable = [...graphErrors, ...messages, ...templateErrors, ...accounts]
