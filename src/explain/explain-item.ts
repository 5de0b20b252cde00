import type { QuarantineReason } from "../inbound/event-log/quarantine-codec.ts"
import { faultOf } from "./causes.ts"
import type { Fault, Findings } from "./diagnosis.ts"
import type { ItemFacts } from "./event-facts.ts"
import { retryFinding, whyFinding, duplicateFinding } from "./finding.ts"
import { releaseItem } from "./steps.ts"
import { past } from "./words.ts"

interface Quarantined {
  readonly cause: string
  readonly side: "infra" | "payload"
  readonly when: string
}

const causeOfReason: Readonly<Record<QuarantineReason, Quarantined>> = {
  unknown_account: {
    cause: "its account is not configured",
    side: "infra",
    when: "The account is configured and the gateway restarted."
  },
  foreign_secret: {
    cause: "it was signed with the secret of another account",
    side: "infra",
    when: "You know that the item is genuine, or the secret of its account is corrected."
  },
  payload: {
    cause: "the gateway could not decode it",
    side: "payload",
    when: "A release that can decode it is running."
  }
}

const notKept: Quarantined = { cause: "of a reason that was not kept for lack of space", side: "infra", when: "" }

const faultOfItem = (side: Quarantined["side"], reason: QuarantineReason): Fault =>
  side === "infra"
    ? faultOf(side, reason)
    : {
        ...faultOf(side, reason),
        class: "PayloadError",
        said: "The content of the webhook: this release could not decode it."
      }

/** Explains a quarantined item. */
export const explainItem = ({ id, now, at, head }: ItemFacts): Findings => {
  const { cause, side, when } = head === undefined ? notKept : causeOfReason[head.reason]
  const isWhole = head !== undefined && head.cut === undefined
  const detail = head === undefined || head.detail === "" ? "" : ` Detail: ${head.detail}.`
  return {
    id,
    subject: "quarantined_item",
    at: now,
    state: "quarantined",
    sentence: `This item of a signed webhook was quarantined ${past(at, now)}, because ${cause}.`,
    why: whyFinding("quarantined", `The gateway did not admit it, because ${cause}.${detail}`),
    duplicate: duplicateFinding(
      "none",
      "The runtime has not received it. An equal copy has the same id and is kept once; a release drops what came in meanwhile."
    ),
    retry: isWhole
      ? retryFinding(
          "operator",
          "The gateway does not admit it by itself. An operator releases it once the cause is corrected."
        )
      : retryFinding(
          "never",
          "Too little of it was kept to admit it. Another item of the same webhook may have all of it."
        ),
    ...(head === undefined
      ? {}
      : {
          fault: faultOfItem(side, head.reason)
        }),
    about:
      head === undefined
        ? {}
        : {
            connector: head.con,
            correlationId: head.cor,
            ...(head.acc === undefined ? {} : { account: head.acc })
          },
    next: isWhole ? [releaseItem(id, when)] : [],
    timeline: [{ at, what: "quarantined", said: "quarantined" }]
  }
}
