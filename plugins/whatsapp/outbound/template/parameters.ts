import * as Schema from "effect/Schema"
import { OpenObject, OpenWord, openBy } from "../../../meta/open-schema.ts"
import { textOfAtMost } from "../../../meta/text-length.ts"
import { oneSource, source } from "../fields.ts"
import { place } from "../location.ts"

/** Name of a placeholder; absent in a template with numbered placeholders. */
const parameterName = { parameter_name: Schema.optionalKey(Schema.NonEmptyString) }

/** A text. The whole body has at most 1024 characters, so no part of it may have more. */
const Text = Schema.Struct({ type: Schema.Literal("text"), ...parameterName, text: textOfAtMost(1024) })

const Currency = Schema.Struct({
  type: Schema.Literal("currency"),
  ...parameterName,
  currency: Schema.Struct({
    fallback_value: Schema.NonEmptyString,
    code: Schema.String.check(Schema.isPattern(/^[A-Z]{3}$/, { expected: "a currency of three capital letters" })),
    amount_1000: Schema.Int
  })
})

const DateTime = Schema.Struct({
  type: Schema.Literal("date_time"),
  ...parameterName,
  date_time: Schema.Struct({ fallback_value: Schema.NonEmptyString })
})

const Medium = Schema.Struct(source).check(oneSource)
const NamedMedium = Schema.Struct({ ...source, filename: Schema.optionalKey(Schema.NonEmptyString) }).check(oneSource)

export const HeaderParameter = openBy({ type: OpenWord }, [
  Text,
  Schema.Struct({ type: Schema.Literal("image"), image: Medium }),
  Schema.Struct({ type: Schema.Literal("video"), video: Medium }),
  Schema.Struct({ type: Schema.Literal("document"), document: NamedMedium }),
  Schema.Struct({ type: Schema.Literal("location"), location: Schema.Struct(place) })
])

export const BodyParameter = openBy({ type: OpenWord }, [Text, Currency, DateTime])

/**
 * A parameter of a button. Each `sub_type` has its own parameters, of which the sources show a few; the provider judges
 * the rest.
 */
export const ButtonParameter = Schema.StructWithRest(Schema.Struct({ type: Schema.NonEmptyString }), [OpenObject])
