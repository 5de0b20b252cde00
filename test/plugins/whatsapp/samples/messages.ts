import type { Json, JsonObject } from "../../../../src/domain/json.ts"
import { customer, messagesChange, userId, webhook } from "./webhook.ts"

const base = { from: customer, id: "wamid.sample-1", timestamp: "1780000000" }
const media = { id: "910000000000001", mime_type: "image/png", sha256: "c2FtcGxl" }

export const text: JsonObject = { ...base, type: "text", text: { body: "Boa tarde, é aqui?" } }

/** One message of every type (META 2.3). */
export const everyType: ReadonlyArray<JsonObject> = [
  text,
  { ...base, type: "image", image: { ...media, caption: "the receipt" } },
  { ...base, type: "video", video: { ...media, mime_type: "video/mp4" } },
  { ...base, type: "document", document: { ...media, mime_type: "application/pdf", filename: "orçamento.pdf" } },
  { ...base, type: "audio", audio: { ...media, mime_type: "audio/ogg; codecs=opus", voice: true } },
  { ...base, type: "sticker", sticker: { ...media, mime_type: "image/webp", animated: false } },
  { ...base, type: "location", location: { latitude: -23.5, longitude: -46.6 } },
  { ...base, type: "contacts", contacts: [{ name: { formatted_name: "A Person" }, phones: [{ phone: customer }] }] },
  { ...base, type: "contacts", origin: "contact_request", contacts: [{ vcard: "BEGIN:VCARD", phones: [] }] },
  { ...base, type: "interactive", interactive: { type: "button_reply", button_reply: { id: "yes", title: "Yes" } } },
  { ...base, type: "interactive", interactive: { type: "list_reply", list_reply: { id: "r1", title: "Row" } } },
  {
    ...base,
    type: "interactive",
    interactive: { type: "nfm_reply", nfm_reply: { name: "flow", body: "Sent", response_json: "{not json" } }
  },
  { ...base, type: "button", button: { payload: "stop", text: "Stop" } },
  { ...base, type: "order", order: { catalog_id: "c1", text: "", product_items: [] } },
  { ...base, type: "reaction", reaction: { message_id: "wamid.sample-0", emoji: "👍" } },
  { ...base, type: "reaction", reaction: { message_id: "wamid.sample-0", emoji: "" } },
  { ...base, type: "reaction", reaction: { message_id: "wamid.sample-0" } },
  { ...base, type: "system", system: { type: "user_changed_number", wa_id: "15550102031", body: "changed" } },
  { ...base, type: "unsupported", errors: [{ code: 131051, title: "unknown" }], unsupported: { type: "poll" } },
  { ...base, type: "edit", edit: { original_message_id: "wamid.sample-0", message: { type: "text" } } },
  { ...base, type: "revoke", revoke: { original_message_id: "wamid.sample-0" } },
  { ...base, type: "request_welcome" }
]

export const contact: JsonObject = { profile: { name: "A Person" }, wa_id: customer, user_id: userId }

export const withMessages = (messages: ReadonlyArray<Json>, value: JsonObject = {}): JsonObject =>
  webhook(messagesChange({ ...value, messages }))

/** Someone whose phone number the provider keeps to itself (META 2.2). */
export const withoutPhone: JsonObject = withMessages(
  [{ from_user_id: userId, id: "wamid.sample-2", timestamp: "1780000001", type: "text", text: { body: "oi" } }],
  { contacts: [{ profile: { name: "A Person", username: "aperson" }, user_id: userId }] }
)

/** The provider could not tell what was chosen. */
export const interactiveWithoutObject: JsonObject = withMessages([{ ...base, type: "interactive" }], {
  errors: [{ code: 131000, title: "Something went wrong" }]
})
