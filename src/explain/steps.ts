import type { Verdict } from "../domain/intent.ts"
import type { NextStep } from "./diagnosis.ts"

type Step = Omit<NextStep, "permitted">

/** Reasons that the printed commands give. They state the condition, so that the audit log is right as it is. */
const reasons: Readonly<Record<Verdict, string>> = {
  sent: "checked: the message was sent",
  not_sent: "checked: the message was not sent"
}

/** Asks again later. */
export const explainAgain = (id: string, when: string): Step => ({
  when,
  command: ["explain", id],
  request: { method: "GET", path: `/v1/explain/${id}` },
  scope: "read"
})

export const resolveAs = (intentId: string, verdict: Verdict, when: string): Step => ({
  when,
  command: ["resolve", "--verdict", verdict, "--reason", reasons[verdict], intentId],
  request: {
    method: "POST",
    path: `/v1/intents/${intentId}/resolution`,
    body: { verdict, reason: reasons[verdict] }
  },
  scope: "operate"
})

export const redriveLetter = (id: string, when: string): Step => ({
  when,
  command: ["redrive", id],
  request: { method: "POST", path: `/v1/dead-letters/${id}/redrive` },
  scope: "operate"
})

export const releaseItem = (id: string, when: string): Step => ({
  when,
  command: ["redrive", id],
  request: { method: "POST", path: `/v1/quarantine/${id}/release` },
  scope: "operate"
})

export const replayEvent = (eventId: string, when: string): Step => ({
  when,
  command: ["replay", eventId],
  request: { method: "POST", path: `/v1/events/${eventId}/replay` },
  scope: "operate"
})

export const resumeAccount = (connector: string, account: string, when: string): Step => ({
  when,
  request: {
    method: "POST",
    path: `/v1/accounts/${connector}/${account}/resume`,
    body: { reason: "checked: the cause of the pause is corrected" }
  },
  scope: "operate"
})

export const readReadiness = (when: string): Step => ({
  when,
  request: { method: "GET", path: "/readyz" },
  scope: "none"
})
