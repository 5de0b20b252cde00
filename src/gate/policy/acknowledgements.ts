import { anyWord, someOfIt } from "./build.ts"
import type { Acknowledged } from "./configured.ts"
import type { FactRule } from "./policy.ts"

type Facts = Readonly<Record<string, FactRule>>

/** Facts of a capability by its acknowledgement. */
export const factsOf: Readonly<Record<Acknowledged, Facts>> = {
  delivered: {
    ids: someOfIt,
    status: anyWord(["delivered", "read", "played"], { failed: ["failed"] }),
    own_mac: someOfIt
  },
  sent: { ids: someOfIt, status: anyWord(["sent", "delivered", "read"], { failed: ["failed"] }), own_ids: someOfIt },
  echo: { ids: someOfIt, echo: anyWord(["same_id", "own_mac"], { failed: ["other"] }) },
  readBack: { ids: someOfIt, read_back: someOfIt },
  accepted: { answers: someOfIt }
}

/** Facts of a capability that names an inbound event: the answer counts only for an event that was admitted here. */
export const ofAdmittedEvent: Facts = { answers: someOfIt, admitted_events: someOfIt }

const whatsappMessages = [
  "text",
  "template",
  "image",
  "video",
  "audio",
  "document",
  "sticker",
  "location",
  "contacts",
  "interactive"
]

/** The least that each capability of the built-in connectors must show. A connector may declare more, not less. */
export const leastOf = new Map<string, Acknowledged>([
  ...whatsappMessages.map((id) => [`whatsapp.${id}`, "delivered"] as const),
  ["whatsapp.reaction", "sent"],
  ["instagram.text", "echo"],
  ["instagram.attachment", "echo"],
  ["instagram.comment_reply", "readBack"],
  ["messenger.text", "echo"],
  ["messenger.attachment", "echo"],
  ["messenger.private_reply", "echo"]
])

/** Capabilities whose input is the id of an inbound event. */
export const namesEvent = new Set(["whatsapp.mark_read", "whatsapp.typing_indicator"])
