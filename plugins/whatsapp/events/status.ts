import * as Schema from "effect/Schema"
import { errors, flag, open, text } from "./common.ts"

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
