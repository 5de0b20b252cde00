import type { FailureReport } from "../domain/failure.ts"
import { plainWord } from "../domain/shown.ts"
import type { Fault, Side } from "./diagnosis.ts"

/** Causes of the gateway's own failure codes, as a clause after `because`. The error tables explain a provider's codes. */
export const causes: ReadonlyMap<string, string> = new Map([
  ["store_unavailable", "the store did not answer"],
  ["store_tls", "the TLS connection to the store was refused"],
  ["store_not_replicated", "the replicas of the store did not acknowledge the write in time"],
  ["store_full", "the store was out of memory"],
  ["store_unchecked", "the connection to the store was new and not checked yet"],
  ["store_not_as_declared", "a check of the store failed"],
  ["store_went_back", "the store held an older state than the gateway had seen"],
  ["store_timeout", "the store did not answer in time"],
  ["store_unstamped", "the store was not the one on which the gateway started"],
  ["store_refused", "the store refused the login or a command"],
  ["store_unfinished", "a script of the store failed in the middle"],
  ["store_damaged", "keys of the store contradicted each other"],
  ["store_error", "a script failed inside the store"],
  ["store_reply", "the store returned an unexpected reply"],
  ["claim_released", "the claim was released before it was written"],
  ["readiness_ended", "the break-glass document of the gateway had ended"],
  ["acceptance_unknown", "the store did not confirm the acceptance"],
  ["not_performed_in_time", "the accepted intent could not be performed within a day"],
  ["unreadable", "the stored intent was sealed under a key that the gateway does not have"],
  ["recipient_forgotten", "its recipient was erased before it was performed"],
  ["resolved_not_sent", "an operator decided that nothing was sent"],
  ["unsettled", "the call ended, but the store did not accept its outcome"],
  ["limited_account", "the account had reached its rate limit"],
  ["limited_recipient", "the rate limit of the recipient was reached"],
  ["paused_recipient", "the provider had asked for fewer messages to this recipient"],
  ["paused_throttled", "the provider had asked the account to wait"],
  ["paused_breaker", "half of the account's last calls had failed"],
  ["paused_auth", "the provider refused the account's credential, permissions or setup"],
  ["paused_policy", "the provider restricted the account"],
  ["paused_operator", "an operator had paused the account"],
  ["network_refused", "the provider's address refused the connection"],
  ["network_dns", "DNS did not resolve the provider's host"],
  ["network_tls", "the TLS connection to the provider was not trusted"],
  ["network_connect_timeout", "the connection to the provider was not established in time"],
  ["network_failed", "the network failed before the request left"],
  ["network_too_late", "the request could not leave within five seconds of the claim"],
  ["network_invalid", "the address of the request was not usable"],
  ["timeout", "the provider's answer was not complete in time"],
  ["connection_lost", "the connection broke before the provider's answer"],
  ["truncated", "the provider's answer broke off or was too large"],
  ["redirect", "the provider answered a redirect, which the gateway does not follow"],
  ["server_error", "the provider answered a server error without a code"],
  ["unreadable_error", "the gateway could not parse the provider's error"],
  ["unexpected_answer", "the provider answered success without a message id"],
  ["failed", "a status of the provider reported a failure without a code"],
  ["invalid_request", "the request does not match the schema of the capability"]
])

/** Verdicts and erasures are recorded as failures of infrastructure, but an operator caused them. */
const byOperator = new Set(["resolved_not_sent", "recipient_forgotten", "paused_operator"])

const sideOf: Readonly<Record<FailureReport["class"], Side>> = {
  InfraError: "infra",
  ProviderError: "provider",
  PayloadError: "payload"
}

const blame: Readonly<Record<Side, string>> = {
  infra: "The gateway's side: its store, its secrets, its configuration or the network.",
  provider: "The provider: it refused the call, or its answer is missing.",
  payload: "The request: its sender must correct it.",
  runtime: "The runtime: your application did not acknowledge the event.",
  operator: "An operator's own action, not a fault of a system."
}

/** Returns the cause of a failure as a clause. An unlisted code is said to be unknown. */
export const causeOf = (failure: FailureReport): string => {
  const code = plainWord(failure.code)
  if (code === "defect") return "the connector has a defect"
  if (failure.unlisted === true) return `the provider refused with code ${code}, whose meaning is unknown`
  const own = causes.get(code)
  if (own !== undefined) return own
  return failure.class === "InfraError" ? `of ${code}` : `${failure.detail} (code ${code})`
}

export const faultOf = (side: Side, code: string): Fault => ({ side, code: plainWord(code), said: blame[side] })

/** Returns whose fault a recorded failure is. */
export const faultOfFailure = (failure: FailureReport): Fault => ({
  ...faultOf(byOperator.has(failure.code) ? "operator" : sideOf[failure.class], failure.code),
  class: failure.class,
  certainty: failure.certainty,
  ...(failure.unlisted === true ? { unlisted: true } : {}),
  ...(failure.providerStatus === undefined ? {} : { providerStatus: failure.providerStatus }),
  ...(failure.providerTraceId === undefined ? {} : { providerTraceId: plainWord(failure.providerTraceId) })
})
