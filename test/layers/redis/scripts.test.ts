import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { RedisStore } from "../../../layers/redis/client.ts"
import { freshStore } from "../../support/fresh-store.ts"

const room = resolve(import.meta.dirname, "../../../layers/redis")

/** The mechanism itself, and the write that makes `WAIT` cover what a script only read. */
const allowed = new Set(["scripting/commit.ts", "connection/replicated.ts"])

const called = readdirSync(room, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !allowed.has(file))
  .flatMap((file) =>
    Array.from(readFileSync(join(room, file), "utf8").matchAll(/redis\.p?call\('([A-Za-z]+)'/g), ([, name = ""]) => ({
      file,
      name: name.toUpperCase()
    }))
  )

const decodeFlags = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.TupleWithRest(Schema.Tuple([Schema.String, Schema.Finite, Schema.Array(Schema.String)]), [Schema.Unknown])
  )
)

describe("store scripts", () => {
  it.effect("G46 scripts write only by `write`, which checks all commands before the first", () =>
    Effect.gen(function* () {
      const names = [...new Set(called.map(({ name }) => name))]
      assert.isAbove(names.length, 10)
      const { command } = yield* RedisStore
      const known = yield* Effect.flatMap(command("COMMAND", "INFO", ...names), decodeFlags)
      const writing = new Set(
        known.filter(([, , flags]) => flags.includes("write")).map(([name]) => name.toUpperCase())
      )
      assert.deepStrictEqual(
        called.filter(({ name }) => writing.has(name)),
        []
      )
    }).pipe(Effect.provide(freshStore()))
  )
})
