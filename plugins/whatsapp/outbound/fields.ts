import * as Schema from "effect/Schema"
import { reserved } from "../../meta/open-schema.ts"
import { textOfAtMost } from "../../meta/text-length.ts"

/** An address that the provider fetches by itself; it keeps what it found for ten minutes (META 3.1). */
export const Link = Schema.String.check(
  Schema.isPattern(/^https?:\/\/[^\s/]\S*$/, { expected: "an http or https address" })
)

/** What goes beside the provider's object of a message, under the provider's names. */
export const beside = {
  /** The message that this one answers. */
  context: Schema.optionalKey(Schema.Struct({ message_id: Schema.NonEmptyString })),
  /** Refused by the provider (137000) where the recipient's identity is another by now. */
  recipient_identity_key_hash: Schema.optionalKey(Schema.NonEmptyString),
  /** What proves a doubt; a caller's own would take its place. */
  biz_opaque_callback_data: reserved
}

/** Members of a request that say what the call is and whom it is for: the gateway's alone where an input is the request. */
export const addressing = {
  messaging_product: reserved,
  recipient_type: reserved,
  to: reserved,
  recipient: reserved,
  status: reserved
}

/** Where a medium is: uploaded before, or at an address. */
export const source = { id: Schema.optionalKey(Schema.NonEmptyString), link: Schema.optionalKey(Link) }

export const oneSource = Schema.makeFilter(({ id, link }: { readonly id?: string; readonly link?: string }) =>
  (id === undefined) === (link === undefined) ? { path: ["id"], issue: "expected either id or link" } : undefined
)

export const Caption = textOfAtMost(1024)

/** The first item that another one before it equals in what `of` takes from it, as an issue. */
export const noTwoAlike = <A>(of: (item: A) => unknown, at: string, issue: string) =>
  Schema.makeFilter((items: ReadonlyArray<A>) => {
    const known = items.map(of)
    const index = known.findIndex((value, place) => value !== undefined && known.indexOf(value) < place)
    return index < 0 ? undefined : { path: [index, at], issue }
  })
