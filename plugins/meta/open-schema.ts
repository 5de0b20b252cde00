import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** An object of the provider's own: taken as it is. */
export const OpenObject = Schema.Record(Schema.String, Schema.Json)

/** A value of an enumeration that the provider may extend. The known values are in the documentation, not here. */
export const OpenWord = Schema.NonEmptyString

type Member<Name extends string> = Schema.Top & {
  readonly DecodingServices: never
  readonly fields: { readonly [_ in Name]: Schema.Literal<string> }
}

/**
 * An object whose member `name` says what it is. One of the known kinds is checked by its own schema; one of any other kind
 * is passed on unaltered, and the provider judges it.
 */
export const openBy = <const Name extends string>(name: Name, members: ReadonlyArray<Member<Name>>) => {
  const known = new Map(
    members.map((member) => [member.fields[name].literal, Schema.decodeUnknownResult(member, { errors: "all" })])
  )
  const named: Schema.Struct<Record<string, Schema.NonEmptyString>> = Schema.Struct({ [name]: Schema.NonEmptyString })
  return Schema.StructWithRest(named, [OpenObject]).check(
    Schema.makeFilter((value) => {
      const decode = known.get(value[name] ?? "")
      const decoded = decode?.(value)
      return decoded !== undefined && Result.isFailure(decoded) ? decoded.failure.issue : undefined
    })
  )
}

/** A key that a caller may not write, since the gateway does. A field of a struct; one that is not named would be passed on. */
export const reserved = Schema.optionalKey(
  Schema.Never.annotate({ message: "expected no such key: the gateway writes it" })
)
