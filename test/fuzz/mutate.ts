import { isJsonObject, type Json } from "../../src/domain/json.ts"
import type { Chance } from "./chance.ts"

/** Values that programs have stumbled over. */
const awkward: readonly [Json, ...ReadonlyArray<Json>] = [
  null,
  true,
  0,
  -1,
  1e308,
  -0,
  2 ** 53,
  "",
  " ",
  "\u0000",
  "\ud800",
  "\u202e",
  "__proto__",
  "constructor",
  "15550102030",
  "x".repeat(5_000),
  [],
  {},
  [[[[[]]]]],
  { __proto__: null },
  { constructor: { prototype: { polluted: true } } }
]
const keys: readonly [string, ...ReadonlyArray<string>] = [
  "__proto__",
  "constructor",
  "toString",
  "id",
  "type",
  "timestamp",
  "entry",
  "messages",
  "0",
  "",
  "\u0000"
]

const withKey = (value: { readonly [key: string]: Json }, key: string, inside: Json): Json =>
  Object.fromEntries([...Object.entries(value), [key, inside]])

/** One change somewhere in the value; the value itself stays as it is. */
export const mutated = (value: Json, luck: Chance, depth = 0): Json => {
  if (depth > 0 && luck.once(4)) return luck.of(awkward)
  if (Array.isArray(value)) {
    if (value.length === 0 || luck.once(6)) return [...value, luck.of(awkward)]
    const at = luck.upTo(value.length)
    if (luck.once(6)) return value.filter((_, index) => index !== at)
    if (luck.once(6)) return [...value, ...value]
    return value.map((one, index) => (index === at ? mutated(one, luck, depth + 1) : one))
  }
  if (!isJsonObject(value)) return luck.of(awkward)
  const names = Object.keys(value)
  const name = names[luck.upTo(names.length)]
  if (name === undefined || luck.once(8)) return withKey(value, luck.of(keys), luck.of(awkward))
  if (luck.once(8)) return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name))
  return Object.fromEntries(
    Object.entries(value).map(([key, inside]) => [key, key === name ? mutated(inside, luck, depth + 1) : inside])
  )
}

/** The bytes of it, now and then broken as bytes are. */
export const bytesOf = (value: Json, luck: Chance): Buffer => {
  const bytes = Buffer.from(JSON.stringify(value))
  if (luck.once(12)) return bytes.subarray(0, luck.upTo(bytes.length))
  if (luck.once(12) && bytes.length > 0) {
    const copy = Buffer.from(bytes)
    copy[luck.upTo(copy.length)] = luck.upTo(256)
    return copy
  }
  if (luck.once(40)) return Buffer.from("[".repeat(luck.upTo(4_000)))
  if (luck.once(200)) return Buffer.concat([bytes, Buffer.alloc(luck.upTo(200_000), 0x20)])
  return bytes
}
