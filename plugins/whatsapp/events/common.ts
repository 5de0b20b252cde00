import * as Schema from "effect/Schema"

/** The provider's own object, accepted unchanged since the sources do not show it in full. */
export const Open = Schema.Record(Schema.String, Schema.Json)

/** An id: text; in a few places the provider writes a number. */
export const Id = Schema.Union([Schema.String, Schema.Finite])

export const text = Schema.optionalKey(Schema.String)
export const id = Schema.optionalKey(Id)
export const flag = Schema.optionalKey(Schema.Boolean)
export const number = Schema.optionalKey(Schema.Finite)
export const open = Schema.optionalKey(Open)

/** An error in a webhook (META 2.4). Branch on `code` only. */
export const WebhookError = Schema.Struct({
  code: Id,
  title: text,
  message: text,
  href: text,
  error_data: Schema.optionalKey(Schema.Struct({ details: text }))
})

export const errors = Schema.optionalKey(Schema.Array(WebhookError))
