import * as Schema from "effect/Schema"
import { reserved } from "../../meta/input-schema.ts"
import { addressing, beside } from "./fields.ts"
import { message } from "./message.ts"

const Text = Schema.NonEmptyString
const text = Schema.optionalKey(Text)

const Name = Schema.Struct({
  formatted_name: Text,
  first_name: text,
  last_name: text,
  middle_name: text,
  suffix: text,
  prefix: text
}).check(
  Schema.makeFilter((name) =>
    Object.keys(name).length > 1 ? undefined : { path: ["first_name"], issue: "expected one more part of the name" }
  )
)

/** A phone number. With `wa_id` the person sees a button to write to that number, without it one to invite the number. */
const Phone = Schema.Struct({ phone: text, type: text, wa_id: text })

const Address = Schema.Struct({
  street: text,
  city: text,
  state: text,
  zip: text,
  country: text,
  country_code: text,
  type: text
})

const Contact = Schema.Struct({
  name: Name,
  birthday: text,
  phones: Schema.optionalKey(Schema.Array(Phone)),
  emails: Schema.optionalKey(Schema.Array(Schema.Struct({ email: text, type: text }))),
  addresses: Schema.optionalKey(Schema.Array(Address)),
  urls: Schema.optionalKey(Schema.Array(Schema.Struct({ url: text, type: text }))),
  org: Schema.optionalKey(Schema.Struct({ company: text, department: text, title: text }))
})

/** Sends contacts, the only type whose object is a list. The input holds the list under the provider's name. */
export const contacts = message({
  id: "contacts",
  input: Schema.Struct({
    contacts: Schema.Array(Contact).check(Schema.isMinLength(1)),
    ...beside,
    ...addressing,
    type: reserved
  }),
  members: (input) => ({ ...input, type: "contacts" })
})
