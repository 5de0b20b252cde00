import { describe } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { layer } from "../../../layers/secrets/memory.ts"
import { secretStoreContract } from "../../contracts/secret-store.ts"

describe("secrets from a map", () => {
  secretStoreContract((given) =>
    layer(
      new Map(
        Object.entries(given).map(([ref, { current, previous }]) => [
          ref,
          previous === undefined
            ? { current: Redacted.make(current) }
            : { current: Redacted.make(current), previous: Redacted.make(previous) }
        ])
      )
    )
  )
})
