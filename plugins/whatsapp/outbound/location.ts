import * as Schema from "effect/Schema"
import { beside } from "./fields.ts"
import { message } from "./message.ts"

/** Returns a schema of degrees, as a number or as digits: the provider's own examples have both. */
const degrees = (max: number) =>
  Schema.Union([Schema.Finite, Schema.String.check(Schema.isPattern(/^-?\d{1,3}(?:\.\d{1,20})?$/))]).check(
    Schema.makeFilter((value) => Math.abs(Number(value)) <= max, { expected: `degrees from -${max} to ${max}` })
  )

export const place = {
  latitude: degrees(90),
  longitude: degrees(180),
  name: Schema.optionalKey(Schema.NonEmptyString),
  address: Schema.optionalKey(Schema.NonEmptyString)
}

export const location = message({ id: "location", input: Schema.Struct({ ...place, ...beside }) })
