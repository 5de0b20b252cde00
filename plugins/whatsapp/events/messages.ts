import * as Schema from "effect/Schema"
import { errors, flag, open, Open, text } from "./common.ts"
import { InteractiveReply, Medium, MessageContext, Order, Referral, SharedContact, System } from "./message-parts.ts"

/**
 * Members that every message and echo may have (META 2.2, 2.3). `timestamp` is Unix seconds in a text. A person without
 * a number has only `from_user_id`.
 */
const common = {
  id: text,
  timestamp: text,
  from: text,
  from_user_id: text,
  from_parent_user_id: text,
  to: text,
  to_user_id: text,
  to_parent_user_id: text,
  group_id: text,
  context: Schema.optionalKey(MessageContext),
  referral: Schema.optionalKey(Referral),
  errors
}

/** Returns the schema of a type. The type's object may be absent, where the provider could not determine the content. */
const message = <const Type extends string, const Fields extends Schema.Struct.Fields>(type: Type, own: Fields) =>
  Schema.Struct({ ...common, type: Schema.Literal(type), ...own })

const medium = Schema.optionalKey(Medium)

/** Schemas by type: one of `messages[]` or of `message_echoes[]`. */
export const messages = {
  text: message("text", { text: Schema.optionalKey(Schema.Struct({ body: Schema.String })) }),
  image: message("image", { image: medium }),
  video: message("video", { video: medium }),
  document: message("document", { document: medium }),
  audio: message("audio", { audio: medium }),
  sticker: message("sticker", { sticker: medium }),
  location: message("location", {
    location: Schema.optionalKey(
      Schema.Struct({ latitude: Schema.Finite, longitude: Schema.Finite, name: text, address: text, url: text })
    )
  }),
  contacts: message("contacts", { contacts: Schema.optionalKey(Schema.Array(SharedContact)), origin: text }),
  interactive: message("interactive", { interactive: Schema.optionalKey(InteractiveReply) }),
  button: message("button", { button: Schema.optionalKey(Schema.Struct({ payload: text, text })) }),
  order: message("order", { order: Schema.optionalKey(Order) }),
  /** Without an emoji, or with an empty one, it removes the reaction. */
  reaction: message("reaction", {
    reaction: Schema.optionalKey(Schema.Struct({ message_id: Schema.String, emoji: text }))
  }),
  system: message("system", {
    system: Schema.optionalKey(System),
    identity: Schema.optionalKey(Schema.Struct({ acknowledged: flag, created_timestamp: text, hash: text }))
  }),
  unsupported: message("unsupported", { unsupported: Schema.optionalKey(Schema.Struct({ type: text })) }),
  edit: message("edit", {
    edit: Schema.optionalKey(Schema.Struct({ original_message_id: Schema.String, message: Schema.optionalKey(Open) }))
  }),
  revoke: message("revoke", { revoke: Schema.optionalKey(Schema.Struct({ original_message_id: Schema.String })) }),
  request_welcome: message("request_welcome", { request_welcome: open })
}

/**
 * Status of one message (META 2.4). `status` is an open set. `read` may come without `delivered`, `delivered` beside
 * `failed`, and all of them in any order. `conversation` is absent since v24; `pricing` does not come with every
 * status.
 */
export const Status = Schema.Struct({
  id: text,
  status: Schema.String,
  timestamp: text,
  recipient_id: text,
  recipient_user_id: text,
  recipient_parent_user_id: text,
  parent_user_id: text,
  recipient_type: text,
  recipient_participant_id: text,
  recipient_participant_user_id: text,
  recipient_identity_key_hash: text,
  biz_opaque_callback_data: text,
  conversation: open,
  pricing: Schema.optionalKey(Schema.Struct({ billable: flag, pricing_model: text, type: text, category: text })),
  errors
})
