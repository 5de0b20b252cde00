import { failedProbe, type ProbeRefused, type ProbeSubject, type ProbeUnknown } from "../../src/connector/probe.ts"
import type { Failure } from "../../src/domain/failure.ts"

interface Reading {
  readonly about: ProbeSubject
  readonly remedy: string
}

/** Remedies for the operator, in a channel's own words. */
export interface Remedies {
  readonly scopes: string
  readonly account: string
  /** Remedy when the secret may be that of another app. */
  readonly parameter: string
}

/** Returns the subject of a refusal, by its code, when a probe asked about an account (META 3.5, 5.4 and 7). */
const readingOf = (code: string, remedies: Remedies): Reading => {
  if (["0", "104", "190"].includes(code)) {
    return { about: "token", remedy: "make a new token and put it into the secret store" }
  }
  if (["10", "131005"].includes(code) || /^2\d\d$/.test(code)) return { about: "scopes", remedy: remedies.scopes }
  if (["33", "100/33", "803"].includes(code)) return { about: "account", remedy: remedies.account }
  if (code === "100") return { about: "app", remedy: remedies.parameter }
  return { about: "account", remedy: "look up the code under errors, and the account in the provider's manager" }
}

export const refusalOf =
  (remedies: Remedies) =>
  (failure: Failure): ProbeRefused | ProbeUnknown => {
    const { about, remedy } = readingOf(failure.code, remedies)
    return failedProbe(about, failure, remedy)
  }
