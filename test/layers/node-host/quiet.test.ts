import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { canaries } from "../../support/canaries.ts"
import { launch } from "../../support/program.ts"

const entry = fileURLToPath(new URL("prints.ts", import.meta.url))
const secret = canaries["the access token"]

const prints = (how: string) =>
  Effect.scoped(
    Effect.flatMap(
      launch([how, secret], { entry, env: { DEBUG: "*", NODE_DEBUG: "comporta", DEBUG_COLORS: "no" } }),
      ({ ended }) => ended
    )
  )

describe("I7 process output", () => {
  it.live("the process output contains nothing that a library prints, in any way", () =>
    Effect.gen(function* () {
      const loud = yield* prints("loud")
      assert.isAbove((loud.stdout + loud.stderr).split(secret).length, 10)
      const { code, stdout, stderr } = yield* prints("quiet")
      assert.deepStrictEqual({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" })
    })
  )

  for (const how of ["uncaught", "rejected"]) {
    it.live(`the process output shows class and place of an error that was ${how}, never its text`, () =>
      Effect.gen(function* () {
        const { code, stderr, lines } = yield* prints(how)
        assert.deepStrictEqual({ code, stderr, count: lines.length }, { code: 1, stderr: "", count: 1 })
        assert.include(lines[0], { level: "fatal", event: "internal", error: "TypeError" })
        assert.notInclude(JSON.stringify(lines), secret)
      })
    )
  }
})
