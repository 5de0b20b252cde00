import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { aclRule } from "../../layers/redis/acl.ts"
import "../../src/app/main-layers.ts"
import { root } from "./imports.ts"

describe("store user", () => {
  it("I5 the reference shows the rule that `comporta store acl` prints, for a server and a cluster", () => {
    const page = readFileSync(join(root, "docs/reference/store-user.md"), "utf8")
    for (const sharded of [false, true]) {
      assert.include(page, `\n\`\`\`\n${aclRule("comporta", "comporta", sharded)}\n\`\`\`\n`)
    }
  })
})
