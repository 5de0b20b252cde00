import { deliveryRank, type IntentRecord } from "../domain/intent.ts"
import type { MomentFacts } from "./diagnosis.ts"

const steps: ReadonlyMap<string, string> = new Map([
  ["accepted", "accepted to be performed later, or put back to be tried again"],
  ["claimed", "claimed: from here on a call may be under way"],
  ["sent", "the provider answered with success"],
  ["failed", "ended as failed: not performed"],
  ["in_doubt", "ended without a known outcome"],
  ["disputed", "the evidence contradicts itself"],
  ["abandoned", "given up: not performed in time"],
  ["forgotten", "its person was erased"],
  ["released", "the claim was released: no call was made"],
  ["echo", "an echo of the provider showed the message"],
  ["read_back", "a read-back at the provider found the message"],
  ["resolved:sent", "an operator's verdict: sent"],
  ["resolved:not_sent", "an operator's verdict: not sent"],
  ["receipt_unreadable", "the receipt cannot be opened"]
])

const status = /^status:(.+)$/

/** Returns a step in a fixed word and a sentence. A step of another release is `other`. */
const stepOf = (what: string): Pick<MomentFacts, "what" | "said"> => {
  const said = steps.get(what)
  if (said !== undefined) return { what, said }
  const word = status.exec(what)?.[1]
  if (word === undefined) return { what: "other", said: "a step that this release does not know" }
  const known = Object.hasOwn(deliveryRank, word) ? word : "other"
  return { what: `status:${known}`, said: `the provider reported the status ${known}` }
}

/** Returns the timeline of an intent. The store keeps the last 64 steps. */
export const intentMoments = ({ timeline }: IntentRecord): ReadonlyArray<MomentFacts> =>
  timeline.map(({ at, attempt, what }) => ({ at, ...(attempt === 0 ? {} : { attempt }), ...stepOf(what) }))
