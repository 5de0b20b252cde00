import * as Schema from "effect/Schema"

/** 1 to `max` characters; how the provider counts them is not documented, here they are UTF-16 code units. */
export const textOfAtMost = (max: number) => Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(max))

/** An address that the provider fetches by itself; it keeps what it found for ten minutes (META 3.1). */
export const Link = Schema.String.check(
  Schema.isPattern(/^https?:\/\/[^\s/]\S*$/, { expected: "an http or https address" })
)

/** An object that is the provider's own and that our sources do not show whole: taken as it is. */
export const OpenObject = Schema.Record(Schema.String, Schema.Json)

/** What goes beside the provider's object of a message, under the provider's names. */
export const beside = {
  /** The message that this one answers. */
  context: Schema.optionalKey(Schema.Struct({ message_id: Schema.NonEmptyString })),
  /** Refused by the provider (137000) where the recipient's identity is another by now. */
  recipient_identity_key_hash: Schema.optionalKey(Schema.NonEmptyString)
}

/** Objects that their `type` tells apart; the mistake of none of them is told at the object itself. */
export const byType = <
  const Members extends ReadonlyArray<Schema.Top & { readonly fields: { readonly type: Schema.Literal<string> } }>
>(
  members: Members
) => {
  const names = members.map(({ fields }) => fields.type.literal).join(", ")
  return Schema.Union(members).annotate({ message: `expected a \`type\` that is one of ${names}` })
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
