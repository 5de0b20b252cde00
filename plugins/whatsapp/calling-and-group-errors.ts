import type { ErrorTable } from "../../src/connector/error-table.ts"
import { hourly, later, rowsOf } from "../meta/error-rows.ts"

const groups = rowsOf("META 2.3 and 3.5, WDOC25 error codes of the Groups API")
const calls = rowsOf("META 3.5, WDOC25 error codes of the Calling API")

/** Pauses only the group. No source says for how long a group stays suspended. */
const suspended = { pauses: { of: "recipient", wait: { first: 3_600, factor: 1, most: 3_600 } } } as const

/** Codes about groups. A group is the recipient of its messages. */
export const groupErrors: ErrorTable = [
  groups.refused(131020, "the group has no other member"),
  groups.refused(131041, "the group does not exist, or the phone number is not a member"),
  groups.refused(131207, "the provider suspended the group for a policy violation", suspended),
  groups.refused(131208, "the phone number exceeded its limit of group operations", later(hourly)),
  groups.refused(131215, "the phone number is not eligible for groups")
]

/**
 * Codes about calls, which may answer a call permission request or a call button. They refuse that kind of message and
 * pause nothing: texts to the same person, and calls to other persons, are not affected.
 */
export const callingErrors: ErrorTable = [
  calls.refused(138000, "calls are not enabled for the phone number"),
  calls.refused(138001, "the recipient cannot receive calls"),
  calls.refused(138002, "the phone number reached its limit of concurrent calls"),
  calls.refused(138003, "a call with the recipient is in progress"),
  calls.refused(138005, "the phone number exceeded its limit of started calls"),
  calls.refused(138006, "the recipient has not given permission for calls"),
  calls.refused(138009, "the recipient received too many requests for a call permission"),
  calls.refused(138012, "the business exceeded the limit of calls to the recipient within 24 hours"),
  calls.refused(138013, "the phone number is not allowed to start calls"),
  calls.refused(138014, "the provider disabled the calls of the phone number for low quality"),
  calls.refused(138015, "calls cannot be enabled for the phone number"),
  calls.refused(138017, "the recipient has given a permanent permission for calls, so no request is needed"),
  calls.refused(138018, "calls cannot be enabled before the technical setup is complete")
]
