import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { mutations } from "../faults/mutations/mutations.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))

describe("mutations", () => {
  it.each(mutations.map(({ name, file, from }) => [name, file, from] as const))(
    "the mutation still applies to the code: %s",
    (_, file, from) => {
      assert.lengthOf(readFileSync(`${root}${file}`, "utf8").split(from), 2, `once in ${file}: ${from}`)
    }
  )
})
