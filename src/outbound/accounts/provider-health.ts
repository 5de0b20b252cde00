import type { NotSent, OutcomeUnknown, ProviderAnswer } from "../../connector/provider-http.ts"

/** Health of a provider. `good`: it works. `bad`: it does not. `none`: the call does not show it. */
export type ProviderHealth = "good" | "bad" | "none"

/** End of the last request of a call. */
export type LastRequest =
  | { readonly _tag: "Nothing" }
  | { readonly _tag: "Answered"; readonly answer: ProviderAnswer }
  | { readonly _tag: "Lost"; readonly error: NotSent | OutcomeUnknown }

/** Health that each end of a call shows (G48); the guide has the same table. The breaker counts `good` and `bad` ends. */
export const providerHealth = {
  succeeded: { ended: "success", health: "good" },
  refused: { ended: "an error of the provider's own API, status below 500, listed or not", health: "good" },
  broken: { ended: "status 500 to 599", health: "bad" },
  foreign: {
    ended: "another answer: a redirect, HTML of a proxy, an error without the provider's code",
    health: "bad"
  },
  lost: { ended: "no whole answer: `timeout`, `connection_lost`, `truncated`", health: "bad" },
  unreachable: { ended: "nothing was sent: `refused`, `dns`, `tls`, `connect_timeout`, `network`", health: "bad" },
  ours: { ended: "nothing was sent: `too_late`, `invalid`; or the connector failed by itself", health: "none" }
} as const satisfies Readonly<Record<string, { readonly ended: string; readonly health: ProviderHealth }>>

type End = keyof typeof providerHealth

const ours: ReadonlySet<string> = new Set<NotSent["reason"]>(["too_late", "invalid"])

const endOf = (last: LastRequest, isOwn: (answer: ProviderAnswer) => boolean): End => {
  switch (last._tag) {
    case "Nothing":
      return "ours"
    case "Lost":
      if (last.error._tag === "OutcomeUnknown") return "lost"
      return ours.has(last.error.reason) ? "ours" : "unreachable"
    case "Answered":
      if (last.answer.status >= 500) return "broken"
      return isOwn(last.answer) ? "refused" : "foreign"
  }
}

/**
 * Returns the health that a failed call shows. `isOwn` returns true for an answer of the provider's API, and false for one of
 * a proxy. A refusal below status 500 that the provider wrote is never `bad`, however often it comes (G48).
 */
export const healthOfFailure = (last: LastRequest, isOwn: (answer: ProviderAnswer) => boolean): ProviderHealth =>
  providerHealth[endOf(last, isOwn)].health
