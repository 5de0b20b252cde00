import * as Schema from "effect/Schema"
import { byType, oneSource, source, textOfAtMost } from "../fields.ts"

const Medium = Schema.Struct(source).check(oneSource)
const NamedMedium = Schema.Struct({ ...source, filename: Schema.optionalKey(Schema.NonEmptyString) }).check(oneSource)

export const TextHeader = Schema.Struct({ type: Schema.Literal("text"), text: textOfAtMost(60) })

export const Header = byType([
  TextHeader,
  Schema.Struct({ type: Schema.Literal("image"), image: Medium }),
  Schema.Struct({ type: Schema.Literal("video"), video: Medium }),
  Schema.Struct({ type: Schema.Literal("document"), document: NamedMedium })
])

export const bodyOfAtMost = (max: number) => Schema.Struct({ text: textOfAtMost(max) })

export const footer = Schema.optionalKey(Schema.Struct({ text: textOfAtMost(60) }))
