import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { parse } from "luaparse"
import { definedScripts } from "../../../../layers/redis/scripting/script.ts"
// Every script that the program can run is defined once its layers are loaded.
import "../../../../src/app/main-layers.ts"

/** Globals that Redis 7 and Valkey give to a script, as far as ours may use them. */
const given = new Set(
  (
    "KEYS ARGV redis cjson cmsgpack string table math bit " +
    "assert error ipairs next pairs pcall select tonumber tostring type unpack"
  ).split(" ")
)

/** A member of the parsed script that its published types leave out. */
const Scoped = Schema.Struct({ globals: Schema.Array(Schema.Struct({ name: Schema.String })) })
const decodeScoped = Schema.decodeUnknownSync(Scoped)

/** Returns the globals that a script names. Throws where it is no Lua 5.1. */
const globalsOf = (source: string): ReadonlyArray<string> =>
  decodeScoped(
    parse(source.replace(/^#!lua[^\n]*/, ""), { luaVersion: "5.1", scope: true, comments: false })
  ).globals.map(({ name }) => name)

describe("store scripts", () => {
  it("the test reads more than 40 scripts", () => {
    assert.isAbove(definedScripts().size, 40)
  })

  for (const [name, { source }] of definedScripts()) {
    it(`the script "${name}" is Lua 5.1 and names no global that the store does not give`, () => {
      assert.deepStrictEqual(
        globalsOf(source).filter((global) => !given.has(global)),
        []
      )
    })
  }

  it("a script that sets a global or misspells a local is found", () => {
    assert.deepStrictEqual(
      globalsOf("#!lua\nlocal count = 1\ncoutn = count").filter((global) => !given.has(global)),
      ["coutn"]
    )
    assert.throws(() => globalsOf("goto done"))
  })
})
