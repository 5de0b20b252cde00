import * as Schema from "effect/Schema"

/** What our sources do not show whole: the provider's own object, as it came. */
export const Open = Schema.Record(Schema.String, Schema.Json)

/** Ids are texts; in a few places the provider writes a number. */
export const Id = Schema.Union([Schema.String, Schema.Finite])

export const text = Schema.optionalKey(Schema.String)
export const id = Schema.optionalKey(Id)
export const flag = Schema.optionalKey(Schema.Boolean)
export const number = Schema.optionalKey(Schema.Finite)
export const open = Schema.optionalKey(Open)

/** An error as webhooks carry it (META 2.4): branch on `code` alone. */
export const WebhookError = Schema.Struct({
  code: Id,
  title: text,
  message: text,
  href: text,
  error_data: Schema.optionalKey(Schema.Struct({ details: text }))
})

export const errors = Schema.optionalKey(Schema.Array(WebhookError))
