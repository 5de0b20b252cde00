import { assert, describe, it } from "@effect/vitest"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { secrets } from "../support/client.ts"
import { comporta, installation } from "../support/program.ts"
import { redisServer } from "../support/redis-server.ts"

const saysLast = (stderr: string) => stderr.trimEnd().split("\n").at(-1)?.trim()

describe("command line", () => {
  it.live.each([
    [[], "comporta: expected a subcommand"],
    [["store"], "comporta: expected a subcommand"],
    [["bogus"], 'Unknown subcommand "bogus" for "comporta"'],
    [
      ["store", "init", "--partitions", "0"],
      'Invalid value for flag --partitions: "0". Expected: a store has 1 to 1024 partitions, not 0'
    ],
    [
      ["replay", "--key-file", "k", "--from", "yesterday"],
      "comporta: --from must be a time: ISO 8601, or milliseconds since the epoch"
    ],
    [
      ["replay", "--key-file", "k", "--url", "x", "evt_1"],
      "comporta: --url must be the address of a gateway, such as http://127.0.0.1:8080"
    ],
    [
      ["replay", "--key-file", "/nowhere/key", "evt_1"],
      "comporta: the key file /nowhere/key cannot be read; give a file that holds an API key"
    ]
  ] satisfies ReadonlyArray<readonly [Array<string>, string]>)(
    "the program ends with 2 and one line after the arguments %j",
    ([words, line]) =>
      Effect.gen(function* () {
        const { code, stderr } = yield* comporta(words)
        assert.deepStrictEqual([code, saysLast(stderr)], [2, line])
      })
  )

  it.live("the command `resolve` shows which request the gateway rejected, and resolves nothing with --dry-run", () =>
    Effect.gen(function* () {
      const installed = yield* installation()
      const gateway = yield* installed.start
      const key = join(installed.directory, "key")
      writeFileSync(key, secrets["api/crm"])
      const resolve = (...words: ReadonlyArray<string>) =>
        comporta([
          "resolve",
          "--url",
          gateway.url,
          "--key-file",
          key,
          "--verdict",
          "sent",
          "--reason",
          "seen",
          ...words
        ])
      const dry = yield* resolve("--dry-run", "int_1")
      assert.deepStrictEqual([dry.code, dry.stdout], [2, ""])
      assert.include(dry.stderr, "either an intent, or --all with its filter and --dry-run")
      const none = yield* resolve("--all", "--dry-run")
      assert.deepStrictEqual([none.code, none.stdout], [0, "no intent matches\n"])
      const refused = yield* resolve("--all", "--limit", "0")
      assert.strictEqual(refused.code, 1)
      assert.match(refused.stderr, /^comporta: 422 invalid_request: .*limit: /)
    })
  )

  it.live("the command `store init` rejects another partition count for a stamped store", () =>
    Effect.gen(function* () {
      const redis = yield* redisServer()
      const { file } = yield* installation({ redisUrl: redis.url })
      const init = (count: string) => comporta(["store", "init", "--config", file, "--partitions", count])
      assert.strictEqual((yield* init("4")).code, 0)
      assert.strictEqual((yield* init("4")).code, 0)
      const other = yield* init("16")
      assert.deepStrictEqual(
        [other.code, other.stderr],
        [1, "comporta: the store has 4 partitions already, and that never changes\n"]
      )
    })
  )

  it.live("the program reports an invalid connector setting by place and expectation, without a pattern", () =>
    Effect.gen(function* () {
      const installed = yield* installation({
        file: `
environment: local
connectors:
  whatsapp:
    graph: { version: "25" }
    accounts: { support: { phoneNumberId: 5 } }
    capabilities: [txt]
`
      })
      const { stderr } = yield* installed.run()
      assert.include(
        stderr,
        "5:14 connectors.whatsapp.graph.version: expected a version of the Graph API, such as v25.0"
      )
      assert.include(stderr, "phoneNumberId: expected string")
      assert.include(stderr, "connectors.whatsapp.capabilities[0]: expected one of text, ")
      assert.notInclude(stderr, "RegExp")
    })
  )
})
