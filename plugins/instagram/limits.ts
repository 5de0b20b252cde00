import type { Limit } from "../../src/connector/limit.ts"
import type { Account } from "./settings.ts"

/** META 5.5: 100 calls per second and account; 10 for calls that may carry audio or video. */
const messages: Limit = { name: "messages", of: "account", every: 10, burst: 100 }
const media: Limit = { name: "media", of: "account", every: 100, burst: 10 }
/** META 5.5: 750 per hour, the burst included. */
const privateReplies: Limit = { name: "private_replies", of: "account", every: 5_000, burst: 30 }

const comments: ReadonlySet<string> = new Set(["comment_reply", "comment_hide", "comment_delete"])

/** Returns the limits of a capability. Limits by impressions are left out: their number is not known before the call. */
export const limits = (_: Account, capability: string): ReadonlyArray<Limit> => {
  if (comments.has(capability)) return []
  if (capability === "attachment") return [messages, media]
  return capability === "private_reply" ? [messages, privateReplies] : [messages]
}
