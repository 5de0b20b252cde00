import type { ErrorTable } from "../../src/connector/error-table.ts"
import { hourly, later, rowsOf } from "../meta/error-rows.ts"

const groups = rowsOf("META 2.3 and 3.5, WDOC25 error codes of the Groups API")
const calls = rowsOf("META 3.5, WDOC25 error codes of the Calling API")

/** Pauses only the group. No source says for how long a group stays suspended. */
const suspended = { pauses: { of: "recipient", wait: { first: 3_600, factor: 1, most: 3_600 } } } as const

/** Codes about groups. A group is the recipient of its messages. */
export const groupErrors: ErrorTable = [
  groups.refused(131020, "the group has no other member"),
  groups.refused(131041, "the group does not exist or the number is not a member of it"),
  groups.refused(131207, "the group is suspended for a breach of policy", suspended),
  groups.refused(131208, "the number has made too many group operations", later(hourly)),
  groups.refused(131215, "the number is not eligible for groups")
]

/**
 * Codes about calls, which may answer a call permission request or a call button. They refuse that kind of message and
 * pause nothing: texts to the same person, and calls to other persons, are not affected.
 */
export const callingErrors: ErrorTable = [
  calls.refused(138000, "calls are not switched on for this number"),
  calls.refused(138001, "the recipient cannot be called"),
  calls.refused(138002, "the number has as many calls at once as it may have"),
  calls.refused(138003, "a call with the recipient is under way"),
  calls.refused(138005, "the number has started too many calls"),
  calls.refused(138006, "the recipient has not permitted calls"),
  calls.refused(138009, "the recipient was asked for a call permission too often"),
  calls.refused(138012, "the business has called the recipient too often within 24 hours"),
  calls.refused(138013, "the number may not start calls"),
  calls.refused(138014, "calls of the number are switched off for low quality"),
  calls.refused(138015, "calls cannot be switched on for this number"),
  calls.refused(138017, "the recipient has permitted calls for good; the request is not needed"),
  calls.refused(138018, "calls cannot be switched on before the technical set-up is complete")
]
