import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** An object of the provider's own, accepted unchanged. */
export const OpenObject = Schema.Record(Schema.String, Schema.Json)

/** A value of an enumeration that the provider may extend. The documentation lists the known values, not this schema. */
export const OpenWord = Schema.NonEmptyString

type Fields = Readonly<Record<string, typeof OpenWord>>

type Member<F extends Fields> = Schema.Top & {
  readonly DecodingServices: never
  readonly fields: { readonly [_ in keyof F]: Schema.Literal<string> }
}

/**
 * Returns the schema of an object whose member in `by` determines its kind. A known kind is checked by its own schema.
 * Any other kind is passed on unchanged, and the provider judges it.
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

/**
 * A key that a caller may not write, since the gateway does. It must be a named field of a struct: an unnamed key would
 * be passed on.
 */
export const reserved = Schema.optionalKey(
  Schema.Never.annotate({ message: "expected no such key: the gateway writes it" })
)

/** Returns the number of code points, which Graph counts as characters. An emoji with a skin tone has two. */
export const codePoints = (text: string): number => {
  let count = 0
  for (const _ of text) count += 1
  return count
}

/** Returns a schema of a text of 1 to `most` characters, counted in code points. */
export const textOfAtMost = (most: number) =>
  Schema.String.check(
    Schema.isMinLength(1),
    Schema.makeFilter((text: string) => text.length <= most || codePoints(text) <= most, {
      expected: `a text of at most ${most} characters`
    })
  )
