import * as Schema from "effect/Schema"
import { openBy, OpenObject, OpenWord, textOfAtMost } from "../../../meta/input-schema.ts"
import { noTwoAlike, oneSource, source } from "../fields.ts"
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

const HeaderParameter = openBy({ type: OpenWord }, [
  Text,
  Schema.Struct({ type: Schema.Literal("image"), image: Medium }),
  Schema.Struct({ type: Schema.Literal("video"), video: Medium }),
  Schema.Struct({ type: Schema.Literal("document"), document: NamedMedium }),
  Schema.Struct({ type: Schema.Literal("location"), location: Schema.Struct(place) })
])

const BodyParameter = openBy({ type: OpenWord }, [Text, Currency, DateTime])

/**
 * A parameter of a button. Each `sub_type` has its own parameters, of which the sources show a few; the provider judges
 * the rest.
 */
const ButtonParameter = Schema.StructWithRest(Schema.Struct({ type: Schema.NonEmptyString }), [OpenObject])

const allNamedOrNone = Schema.makeFilter((parameters: ReadonlyArray<typeof BodyParameter.Type>) => {
  const named = parameters.map(({ parameter_name: name }) => name !== undefined)
  const other = named.findIndex((one) => one !== named[0])
  return other < 0 ? undefined : { path: [other, "parameter_name"], issue: "expected a name for each, or for none" }
})

const Header = Schema.Struct({
  type: Schema.Literal("header"),
  parameters: Schema.Array(HeaderParameter).check(Schema.isMinLength(1))
})

const Body = Schema.Struct({
  type: Schema.Literal("body"),
  parameters: Schema.Array(BodyParameter).check(
    Schema.isMinLength(1),
    allNamedOrNone,
    noTwoAlike(
      ({ parameter_name: name }: typeof BodyParameter.Type) => name,
      "parameter_name",
      "expected a name that no other has"
    )
  )
})

/**
 * A button. Undocumented types, such as a carousel or a limited-time offer, are passed on. `index` counts the
 * template's buttons from 0, as a number or a digit: a template has at most ten.
 */
const Button = Schema.Struct({
  type: Schema.Literal("button"),
  sub_type: OpenWord,
  index: Schema.optionalKey(
    Schema.Union([
      Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 })),
      Schema.String.check(Schema.isPattern(/^[0-9]$/, { expected: "a digit" }))
    ])
  ),
  parameters: Schema.optionalKey(Schema.Array(ButtonParameter))
})

const Component = openBy({ type: OpenWord }, [Header, Body, Button])

/** Returns the name of a component that a template has once: its header, its body, and one button of each index. */
const placeOf = ({ type, index }: typeof Component.Type) => {
  if (type === "button") return index === undefined ? undefined : `button ${String(index)}`
  return type === "header" || type === "body" ? type : undefined
}

export const Components = Schema.Array(Component).check(
  noTwoAlike(placeOf, "type", "expected one header, one body and one component a button")
)
