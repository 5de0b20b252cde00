import { type ProbeRefused, type ProbeSubject, type ProbeUnknown, failedProbe } from "../../src/connector/probe.ts"
import type { Failure } from "../../src/domain/failure.ts"

interface Reading {
  readonly about: ProbeSubject
  readonly remedy: string
}

const token: Reading = { about: "token", remedy: "make a new token and put it into the secret store" }
const scopes: Reading = {
  about: "scopes",
  remedy: "give the token whatsapp_business_messaging and whatsapp_business_management, and its user the account"
}
const number: Reading = {
  about: "account",
  remedy: "check phoneNumberId, and that the token's user has been given the business account"
}
const parameter: Reading = {
  about: "app",
  remedy: "check that appSecret is the secret of the token's app, then phoneNumberId and graph.version"
}

/** What a refusal of the question about the number is about, by code (META 3.5 and 7). */
const readings: Readonly<Record<string, Reading>> = {
  "0": token,
  "104": token,
  "190": token,
  "10": scopes,
  "131005": scopes,
  "33": number,
  "100/33": number,
  "803": number,
  "100": parameter
}

export const refusalOf = (failure: Failure): ProbeRefused | ProbeUnknown => {
  const { code } = failure
  const permission = /^2\d\d$/.test(code) ? scopes : undefined
  const { about, remedy } = readings[code] ??
    permission ?? {
      about: "account" as const,
      remedy: "look up the code under errors, and the account in the provider's manager"
    }
  return failedProbe(about, failure, remedy)
}
