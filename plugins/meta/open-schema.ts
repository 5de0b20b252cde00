import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** An object of the provider's own: taken as it is. */
export const OpenObject = Schema.Record(Schema.String, Schema.Json)

/** A value of an enumeration that the provider may extend. The known values are in the documentation, not here. */
export const OpenWord = Schema.NonEmptyString

type Fields = Readonly<Record<string, typeof OpenWord>>

type Member<F extends Fields> = Schema.Top & {
  readonly DecodingServices: never
  readonly fields: { readonly [_ in keyof F]: Schema.Literal<string> }
}

/**
 * An object whose one member in `by` says what it is. One of the known kinds is checked by its own schema; one of any other
 * kind is passed on unaltered, and the provider judges it.
 */
export const openBy = <const F extends Fields>(by: F, members: ReadonlyArray<Member<F>>) => {
  const [name = ""] = Object.keys(by)
  const known = new Map<unknown, (value: unknown) => Result.Result<unknown, Schema.SchemaError>>(
    members.map((member) => [member.fields[name]?.literal, Schema.decodeUnknownResult(member, { errors: "all" })])
  )
  return Schema.StructWithRest(Schema.Struct(by), [OpenObject]).check(
    Schema.makeFilter((value: object) => {
      const decode = known.get(Object.getOwnPropertyDescriptor(value, name)?.value)
      const decoded = decode?.(value)
      return decoded !== undefined && Result.isFailure(decoded) ? decoded.failure.issue : undefined
    })
  )
}

/** A key that a caller may not write, since the gateway does. A field of a struct; one that is not named would be passed on. */
export const reserved = Schema.optionalKey(
  Schema.Never.annotate({ message: "expected no such key: the gateway writes it" })
)
