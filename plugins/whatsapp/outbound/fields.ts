import * as Schema from "effect/Schema"
import { openBy, OpenWord, reserved, textOfAtMost } from "../../meta/input-schema.ts"

/** An address that the provider itself fetches. It caches the content for ten minutes (META 3.1). */
export const Link = Schema.String.check(
  Schema.isPattern(/^https?:\/\/[^\s/]\S*$/, { expected: "an http or https address" })
)

/** Members beside the provider's object of a message, under the provider's names. */
export const beside = {
  /** The message that this one answers. */
  context: Schema.optionalKey(Schema.Struct({ message_id: Schema.NonEmptyString })),
  /** The provider refuses the message (137000) when the recipient's identity has changed. */
  recipient_identity_key_hash: Schema.optionalKey(Schema.NonEmptyString),
  /** Set by the gateway to prove a doubt; a caller's own value would replace it. */
  biz_opaque_callback_data: reserved
}

/**
 * Members that determine the call and its recipient. Only the gateway may write them where an input is the whole
 * request.
 */
export const addressing = {
  messaging_product: reserved,
  recipient_type: reserved,
  to: reserved,
  recipient: reserved,
  status: reserved
}

/** Source of a medium: an uploaded one, or an address. */
export const source = { id: Schema.optionalKey(Schema.NonEmptyString), link: Schema.optionalKey(Link) }

export const oneSource = Schema.makeFilter(({ id, link }: { readonly id?: string; readonly link?: string }) =>
  (id === undefined) === (link === undefined) ? { path: ["id"], issue: "expected either id or link" } : undefined
)

export const Caption = textOfAtMost(1024)

/** Returns a filter that reports the first item which equals an earlier one in the value that `of` returns. */
export const noTwoAlike = <A>(of: (item: A) => unknown, at: string, issue: string) =>
  Schema.makeFilter((items: ReadonlyArray<A>) => {
    const known = items.map(of)
    const index = known.findIndex((value, place) => value !== undefined && known.indexOf(value) < place)
    return index < 0 ? undefined : { path: [index, at], issue }
  })

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
