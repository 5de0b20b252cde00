import type { ConversationId } from "../domain/ids.ts"
import type { IntentRecord } from "../domain/intent.ts"
import type { About, Findings } from "./diagnosis.ts"
import { type StateFindings } from "./finding.ts"
import { type IntentFacts, type KnownIntent } from "./intent-facts.ts"
import { intentMoments } from "./intent-moments.ts"
import { acceptedIntent, claimedIntent, disputedIntent, doubtfulIntent } from "./open-intent.ts"
import { expiredIntentFindings, failedIntent, sentIntent } from "./settled-intent.ts"

const partOf = (known: KnownIntent): StateFindings => {
  switch (known.record.state) {
    case "accepted":
      return acceptedIntent(known)
    case "claimed":
      return claimedIntent(known)
    case "sent":
      return sentIntent(known)
    case "failed":
      return failedIntent(known)
    case "in_doubt":
      return doubtfulIntent(known)
    case "disputed":
      return disputedIntent(known)
    case "expired":
      return expiredIntentFindings
  }
}

const aboutIntent = (record: IntentRecord, lane: ConversationId | undefined): About => ({
  connector: record.connector,
  account: record.account,
  capabilityId: record.capabilityId,
  protection: record.protection,
  correlationId: record.correlationId,
  ...(lane === undefined ? {} : { conversation: lane })
})

/** Explains an intent from its record alone. */
export const explainIntent = ({ record, ...facts }: IntentFacts): Findings => {
  const { id, now: at } = facts
  const base = { id, subject: "intent" as const, at }
  if (record === "expired")
    return { ...base, ...expiredIntentFindings, state: "expired", about: {}, next: [], timeline: [] }
  const part = partOf({ ...facts, record })
  return {
    ...base,
    ...part,
    state: record.state,
    next: part.next ?? [],
    about: aboutIntent(record, facts.lane),
    timeline: intentMoments(record)
  }
}
