import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { DataKeys } from "../../src/secrets/data-keys.ts"

/** Data keys in memory, lost with the process. */
export const layer: Layer.Layer<DataKeys> = Layer.sync(DataKeys, () => {
  const keys = new Map<string, string>()
  let sealed = false
  const all = Effect.sync(() => [...keys].map(([id, wrapped]) => ({ id, wrapped })))
  return DataKeys.of({
    all,
    first: ({ id, wrapped }) => {
      if (!sealed) keys.set(id, wrapped)
      sealed = true
      return all
    },
    rewrap: (id, from, to) =>
      Effect.sync(() => {
        if (keys.get(id) === from) keys.set(id, to)
      }),
    restore: (given) =>
      Effect.sync(() => {
        for (const { id, wrapped } of given) if (!keys.has(id)) keys.set(id, wrapped)
      })
  })
})
