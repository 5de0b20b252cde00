import * as Schema from "effect/Schema"
import { flag, id, number, open, text } from "./common.ts"

/**
 * A medium. `mime_type` may have parameters: `audio/ogg; codecs=opus`. `url` is valid for 5 minutes and needs the
 * token; `id` for 7 days.
 */
export const Medium = Schema.Struct({
  id: Schema.String,
  mime_type: text,
  sha256: text,
  caption: text,
  filename: text,
  voice: flag,
  animated: flag,
  url: text
})

/** The message that this one answers, or its origin. A forwarded message has no `id`. */
export const MessageContext = Schema.Struct({
  from: text,
  id: text,
  forwarded: flag,
  frequently_forwarded: flag,
  referred_product: Schema.optionalKey(Schema.Struct({ catalog_id: id, product_retailer_id: id }))
})

/** The advertisement that led the person to the business. */
export const Referral = Schema.Struct({
  source_url: text,
  source_id: text,
  source_type: text,
  headline: text,
  body: text,
  media_type: text,
  image_url: text,
  video_url: text,
  thumbnail_url: text,
  ctwa_clid: text,
  welcome_message: open
})

/** A shared contact. Since 2026 it may be a `vcard` with `phones` and no name (META 2.3). */
export const SharedContact = Schema.Struct({
  name: open,
  phones: Schema.optionalKey(Schema.Array(Schema.Struct({ phone: text, wa_id: id, type: text }))),
  emails: Schema.optionalKey(Schema.Array(Schema.Struct({ email: text, type: text }))),
  addresses: Schema.optionalKey(Schema.Array(Schema.Json)),
  urls: Schema.optionalKey(Schema.Array(Schema.Struct({ url: text, type: text }))),
  org: open,
  birthday: text,
  vcard: text
})

/** An answer to an interactive message. `response_json` is JSON in a text, and may be invalid or missing. */
export const InteractiveReply = Schema.Struct({
  type: Schema.String,
  button_reply: Schema.optionalKey(Schema.Struct({ id: Schema.String, title: text })),
  list_reply: Schema.optionalKey(Schema.Struct({ id: Schema.String, title: text, description: text })),
  nfm_reply: Schema.optionalKey(Schema.Struct({ name: text, body: text, response_json: text })),
  call_permission_reply: Schema.optionalKey(
    Schema.Struct({ response: text, expiration_timestamp: number, response_source: text })
  )
})

export const Order = Schema.Struct({
  catalog_id: id,
  text,
  product_items: Schema.optionalKey(
    Schema.Array(
      Schema.Struct({ product_retailer_id: id, quantity: Schema.Finite, item_price: Schema.Finite, currency: text })
    )
  )
})

/** A changed phone number, user id or identity of a person. */
export const System = Schema.Struct({ body: text, type: text, wa_id: id, user_id: text, parent_user_id: text })
