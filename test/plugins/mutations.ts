import { isJsonObject, type Json } from "../../src/domain/json.ts"

export const odd: ReadonlyArray<Json> = [
  null,
  0,
  -1,
  1e308,
  "",
  "x",
  true,
  [],
  {},
  [[]],
  [null],
  { id: null },
  { length: 3 }
]

/** Every way to put something odd in the place of one part of a value. */
export const mutations = (value: Json): ReadonlyArray<Json> => {
  if (Array.isArray(value)) {
    return [
      ...odd,
      ...value.flatMap((item, index) => mutations(item).map((mutated) => value.toSpliced(index, 1, mutated)))
    ]
  }
  if (!isJsonObject(value)) return odd
  return [
    ...odd,
    ...Object.entries(value).flatMap(([key, member]) => [
      ...mutations(member).map((mutated) => ({ ...value, [key]: mutated })),
      Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))
    ])
  ]
}
