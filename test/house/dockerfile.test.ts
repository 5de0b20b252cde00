import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { root } from "./imports.ts"

const read = (name: string) => readFileSync(join(root, name), "utf8")

/** Returns the instructions without comments, each on one line. */
const instructionsOf = (text: string): ReadonlyArray<string> =>
  text
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))

/** Returns what is wrong with a Dockerfile whose last stage must run nothing and hold nothing but the program. */
const problemsOf = (text: string): ReadonlyArray<string> => {
  const lines = instructionsOf(text)
  const argument = new Map(
    lines.flatMap((line) =>
      Array.from(line.matchAll(/^ARG (\w+)=(\S+)$/g), ([, name = "", value = ""]) => [name, value])
    )
  )
  const bases = lines.flatMap((line) =>
    Array.from(line.matchAll(/^FROM (?:--\S+ )*\$\{(\w+)\}/g), ([, name = ""]) => name)
  )
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith("FROM ")))
  const valueOf = (word: string) => last.findLast((line) => line.startsWith(`${word} `)) ?? ""
  return [
    ...(bases.length === lines.filter((line) => line.startsWith("FROM ")).length ? [] : ["a base is no argument"]),
    ...bases.flatMap((name) =>
      /^[^@\s]+:[^@\s]+@sha256:[0-9a-f]{64}$/.test(argument.get(name) ?? "") ? [] : [`${name} has no tag and digest`]
    ),
    ...(last.some((line) => line.startsWith("RUN ")) ? ["the last stage runs a command"] : []),
    ...(/^USER [1-9]\d*:[1-9]\d*$/.test(valueOf("USER")) ? [] : ["the user is not a number"]),
    ...(valueOf("ENTRYPOINT").startsWith(`ENTRYPOINT ["/`) ? [] : ["the entry point is no absolute path"]),
    ...(/ CMD \["\//.test(valueOf("HEALTHCHECK")) ? [] : ["the health check is no absolute path"])
  ]
}

describe("Dockerfile", () => {
  const own = read("Dockerfile")

  it("the Dockerfile names its bases by digest, and its last stage runs no command and starts the program as a numeric user", () => {
    assert.deepStrictEqual(problemsOf(own), [])
  })

  it.each([
    ["a base without a digest", own.replace(/@sha256:[0-9a-f]{64}/, "")],
    ["a base that no argument names", own.replace("FROM ${RUN_BASE}", "FROM debian:13")],
    ["a command in the last stage", `${own}RUN true\n`],
    ["a user by name", own.replace("USER 65532:65532", "USER nonroot")],
    ["the user root", own.replace("USER 65532:65532", "USER 0:0")],
    ["an entry point that a shell starts", own.replace(/ENTRYPOINT .*/, "ENTRYPOINT node comporta.js")],
    ["a health check that a shell starts", own.replace(/ CMD \["\/opt.*/, " CMD node health.js")]
  ])("the check finds %s", (_, text) => {
    assert.lengthOf(problemsOf(text), 1)
  })

  it("nothing enters the build that is not listed, and nothing listed holds settings or secrets", () => {
    const lines = instructionsOf(read(".dockerignore"))
    assert.strictEqual(lines[0], "*")
    const listed = lines.flatMap((line) => (line.startsWith("!") ? [line.slice(1)] : []))
    assert.includeMembers(listed, ["package.json", "package-lock.json", "bin", "src", "scripts"])
    assert.deepStrictEqual(
      listed.filter((name) => /secret|\.env|\.ya?ml$|^\.git|node_modules|^test$|^dist/.test(name)),
      []
    )
  })
})
