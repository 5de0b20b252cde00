import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { comporta, installation } from "../support/program.ts"

const total = (stdout: string): number => JSON.parse(stdout).total

describe("comporta size", () => {
  it.live("the command prints memory by kind, maxmemory, replicas, connections and the cost of each retention", () =>
    Effect.gen(function* () {
      const { code, stdout } = yield* comporta(["size", "--messages-per-day", "86400"])
      assert.strictEqual(code, 0)
      for (const line of [
        /^a day: 86,400 messages received, 86,400 sent, 259,200 statuses, 0 echoes, 346 dead letters$/m,
        /^ +dedupe marks +345,600 .* MiB$/m,
        /^ +archived intents +86,400 +30 /m,
        /^ +in all +\d\.\d GiB$/m,
        /^maxmemory: at least \d\.\d GiB/m,
        /^ +store\.retention\.tombstones +\d\.\d MiB$/m,
        /^replicas: 2, /m,
        /^connections: 4 to each primary of the store, 3 to the provider, 2 to the runtime$/m
      ]) {
        assert.match(stdout, line)
      }
    })
  )

  it.live("the command reads retention and sealing from a configuration file, and numbers from its flags", () =>
    Effect.gen(function* () {
      const installed = yield* installation()
      const file = join(installed.directory, "short.yaml")
      const of = (...more: ReadonlyArray<string>) => comporta(["size", "--messages-per-day", "1000", "--json", ...more])
      writeFileSync(
        file,
        "environment: local\nstore: { url: redis://127.0.0.1:1, retention: { intents: 1 day, tombstones: 40 days } }\n"
      )
      const [usual, short] = [yield* of(), yield* of("--config", file)]
      assert.deepStrictEqual([usual.code, short.code], [0, 0])
      assert.isBelow(total(short.stdout), total(usual.stdout) / 2)
      const receiving = yield* of("--sent-per-day", "0")
      const { volume } = JSON.parse(receiving.stdout)
      assert.deepStrictEqual(volume, { received: 1_000, sent: 0, statuses: 0, echoes: 0, deadLetters: 1 })
    })
  )

  it.live.each([
    [[], 2, "Missing required flag: --messages-per-day"],
    [["--messages-per-day", "0"], 2, "Expected: a whole number from 1 to 1000000000000, not 0"],
    [["--messages-per-day", "many"], 2, "Invalid value for flag --messages-per-day"],
    [
      ["--messages-per-day", "5", "--sent-per-day", "-1"],
      2,
      "Expected: a whole number from 0 to 1000000000000, not -1"
    ],
    [["--messages-per-day", "5", "--config", "/nowhere/comporta.yaml"], 78, "expected this file, and it is not there"]
  ] satisfies ReadonlyArray<readonly [Array<string>, number, string]>)(
    "the command names the error in the arguments %j",
    ([words, expected, says]) =>
      Effect.gen(function* () {
        const { code, stdout, stderr } = yield* comporta(["size", ...words])
        assert.strictEqual(code, expected)
        assert.include(stderr, says)
        assert.notInclude(stdout, "maxmemory")
      })
  )
})
