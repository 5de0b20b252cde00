import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { parse } from "yaml"
import { objectOf, listOf, textOf } from "../../plugins/meta/read-json.ts"
import type { Json } from "../../src/domain/json.ts"
import { root } from "./imports.ts"

const path = ".github/workflows/release.yml"
const text = readFileSync(join(root, path), "utf8")
const workflow: Json = parse(text)
const jobs = Object.entries(objectOf(objectOf(workflow)?.["jobs"]) ?? {}).map(([name, job]) => ({
  name,
  job: objectOf(job) ?? {}
}))
const commandsOf = (job: { readonly [name: string]: Json }) =>
  (listOf(job["steps"]) ?? []).flatMap((step) => textOf(objectOf(step)?.["run"]) ?? [])
const commands = jobs.flatMap(({ job }) => commandsOf(job))

const manifest: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8")
)

const scriptsIn = (command: string) => [
  ...Array.from(command.matchAll(/npm run (?:-s )?([a-z:-]+)/g), ([, name = ""]) => name),
  ...(/npm test\b/.test(command) ? ["test"] : [])
]

const named = [...new Set(commands.flatMap(scriptsIn))].toSorted()

describe("release workflow", () => {
  it("every script of npm that the release workflow runs is in package.json", () => {
    assert.includeMembers(named, [
      "image",
      "build-record",
      "check",
      "comporta",
      "crash",
      "fuzz",
      "bench",
      "test",
      "test:faults"
    ])
    assert.deepStrictEqual(
      named.filter((name) => manifest.scripts[name] === undefined),
      []
    )
  })

  it("every bench that the release workflow runs exists, and every path of the repository that it names", () => {
    const benches = commands.flatMap((command) =>
      Array.from(command.matchAll(/bench -- ([a-z]+)/g), ([, name = ""]) => `test/bench/${name}.ts`)
    )
    const paths = Array.from(text.matchAll(/\b(?:docs|scripts|test|src)\/[a-z/.-]+\.(?:md|ts)/g), ([found]) => found)
    assert.isAbove(benches.length, 2)
    assert.isAbove(paths.length, 0)
    assert.deepStrictEqual(
      [...benches, ...paths].filter((one) => !existsSync(join(root, one))),
      []
    )
  })

  it("an image is built in one job only, and is released by a copy of its digest", () => {
    const building = jobs.filter(({ job }) =>
      commandsOf(job).some((one) => /npm run -s image\b|docker build|buildah/.test(one))
    )
    assert.deepStrictEqual(
      building.map(({ name }) => name),
      ["image"]
    )
    const copies = commands.join("\n").match(/skopeo copy .*/g) ?? []
    assert.lengthOf(copies, 2)
    for (const copy of copies) assert.match(copy, /--preserve-digests .*@\$digest/)
    const publish = commandsOf(jobs.find(({ name }) => name === "publish")?.job ?? {}).join("\n")
    for (const tool of ["cosign sign", "cosign attest", "cosign attach"]) {
      assert.match(publish, new RegExp(`${tool} .*@\\$digest`))
    }
  })

  it("publishing waits for tests, measurements and the images of staging", () => {
    const needs = listOf(jobs.find(({ name }) => name === "publish")?.job["needs"])
    assert.sameMembers(Array.from(needs ?? []), ["stage", "test", "measure"])
  })

  it("no argument of a command is a key or a password", () => {
    for (const command of commands) {
      assert.notMatch(command, /\$\{\{\s*secrets\./)
      assert.notMatch(command, /(--password|-p)[ =]["$]/)
      for (const line of command.split("\n")) {
        if (/BUILD_KEY|REGISTRY_PASSWORD/.test(line))
          assert.match(line, /^\s*((echo|printf '%s\\n') "\$\w+" [|>]|unset BUILD_KEY$)/)
      }
    }
  })

  it("each action is pinned by a commit, and its tag is named beside it", () => {
    const used = text.match(/uses: .*/g) ?? []
    assert.isAbove(used.length, 3)
    for (const one of used) assert.match(one, /^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  it("no expression is written into a command, where its value would be read as code", () => {
    for (const command of commands) assert.notInclude(command, "${{")
  })

  it("a secret is given only to a job of an environment, and no job may write by default", () => {
    assert.deepStrictEqual(objectOf(workflow)?.["permissions"], {})
    for (const { name, job } of jobs) {
      const isSecret = (listOf(job["steps"]) ?? []).some((step) => JSON.stringify(step).includes("secrets."))
      assert.strictEqual(isSecret, job["environment"] !== undefined, name)
      assert.isDefined(job["permissions"], name)
    }
  })

  it("a download of a job with a secret replaces no file of the repository", () => {
    const steps = jobs
      .filter(({ job }) => job["environment"] !== undefined)
      .flatMap(({ job }) => listOf(job["steps"]) ?? [])
    const places = steps.flatMap((step) =>
      /download-artifact@/.test(textOf(objectOf(step)?.["uses"]) ?? "")
        ? [textOf(objectOf(objectOf(step)?.["with"])?.["path"])]
        : []
    )
    assert.lengthOf(places, 4)
    for (const place of places) {
      assert.match(place ?? ".", /^(out|from\/\w+)$/)
      assert.isFalse(existsSync(join(root, place ?? ".")))
    }
  })
})
