import * as Schema from "effect/Schema"
import { OpenWord, openBy } from "../../../meta/open-schema.ts"
import { textOfAtMost } from "../../../meta/text-length.ts"
import { oneSource, source } from "../fields.ts"

const Medium = Schema.Struct(source).check(oneSource)
const NamedMedium = Schema.Struct({ ...source, filename: Schema.optionalKey(Schema.NonEmptyString) }).check(oneSource)

const TextHeader = Schema.Struct({ type: Schema.Literal("text"), text: textOfAtMost(60) })

export const Header = openBy({ type: OpenWord }, [
  TextHeader,
  Schema.Struct({ type: Schema.Literal("image"), image: Medium }),
  Schema.Struct({ type: Schema.Literal("video"), video: Medium }),
  Schema.Struct({ type: Schema.Literal("document"), document: NamedMedium })
])

/** Types of a header that show a medium. */
export const mediaHeaders: ReadonlySet<string> = new Set(["image", "video", "document"])

export const bodyOfAtMost = (max: number) => Schema.Struct({ text: textOfAtMost(max) })

export const footer = Schema.optionalKey(Schema.Struct({ text: textOfAtMost(60) }))
