import { assert, describe, it } from "@effect/vitest"
import type { OpenedAttestation } from "../../src/attestation/statement.ts"
import { type BuildRecord, recordSubjects } from "../../src/release/build-record.ts"
import { type BuildClaim, type Compared, isProven, judgeRecord } from "../../src/release/judge-record.ts"
import { digest, results, sample } from "./sample.ts"

const opened = (predicate: BuildRecord): OpenedAttestation<BuildRecord> => {
  const [first = { name: "none", digest: { sha256: "" } }, ...rest] = recordSubjects(predicate)
  return { subject: [first, ...rest], predicate, signers: ["sha256:key"], unknownSigners: [] }
}

const judged = (record: BuildRecord, compared: Partial<Compared> = {}) =>
  judgeRecord(opened(record), { allowPending: false, ...compared })

const refused = (record: BuildRecord, compared: Partial<Compared> = {}): ReadonlyArray<BuildClaim["claim"]> =>
  judged(record, compared).flatMap(({ claim, state }) => (state === "not_proven" ? [claim] : []))

const x64 = sample.platforms["linux-x64"] ?? {
  manifest: "",
  image: "",
  components: {},
  node: { version: "", digest: "" }
}
const [first] = sample.builds

describe("claims of a build record", () => {
  it("a record in which everything agrees proves all but what nothing was given for", () => {
    const claims = judged(sample)
    assert.isTrue(isProven(claims))
    assert.deepStrictEqual(
      claims.flatMap(({ claim, state }) => (state === "not_compared" ? [claim] : [])),
      ["commit", "manifest", "image", "files"]
    )
    assert.include(claims.find(({ claim }) => claim === "commit")?.said, `commit ${sample.commit} of version 4.2.0`)
  })

  it("an image of one platform and the manifest of another one do not belong together", () => {
    assert.deepStrictEqual(refused(sample, { manifest: digest("a2"), image: digest("b2") }), [])
    assert.deepStrictEqual(refused(sample, { manifest: digest("a2"), image: digest("b1") }), ["image"])
  })

  it("the commit is that of the record, or is named as another one", () => {
    assert.deepStrictEqual(refused(sample, { commit: sample.commit }), [])
    assert.deepStrictEqual(refused(sample, { commit: "f".repeat(40) }), ["commit"])
    assert.deepStrictEqual(refused(sample, { commit: sample.commit.slice(0, 12) }), ["commit"])
  })

  it("manifest, image and files are those of the record, or are named as others", () => {
    assert.deepStrictEqual(refused(sample, { manifest: digest("a2"), image: digest("b2"), files: sample.files }), [])
    assert.deepStrictEqual(refused(sample, { manifest: digest("b1"), image: digest("a2"), files: {} }), [
      "manifest",
      "image",
      "files"
    ])
    const files = judged(sample, { files: { ...sample.files, "bench.json": digest("1") } }).at(-1)
    assert.include(files?.said, "bench.json")
    assert.notInclude(files?.said, "sbom.spdx.json")
  })

  const cases: ReadonlyArray<readonly [string, ReadonlyArray<BuildClaim["claim"]>, BuildRecord]> = [
    ["only one build of a platform", ["builds"], { ...sample, builds: [first, ...sample.builds.slice(2)] }],
    [
      "two builds of one builder with two images",
      ["builds"],
      { ...sample, builds: [...sample.builds, { ...first, image: digest("f") }] }
    ],
    [
      "two builders with two manifests",
      ["builds"],
      {
        ...sample,
        builds: [...sample.builds, { ...first, builder: { name: "buildkit", version: "0.25" }, manifest: digest("f") }]
      }
    ],
    [
      "a build of a platform that is not released",
      ["builds"],
      { ...sample, builds: [...sample.builds, { ...first, platform: "linux-s390x" }] }
    ],
    [
      "an image that nobody built",
      ["builds"],
      { ...sample, platforms: { ...sample.platforms, "linux-x64": { ...x64, image: digest("f") } } }
    ],
    ["another Node in the Dockerfile", ["node"], { ...sample, node: { ...sample.node, dockerfile: "24.20.0" } }],
    [
      "another Node in an image",
      ["node"],
      {
        ...sample,
        platforms: { ...sample.platforms, "linux-x64": { ...x64, node: { version: "22.0.0", digest: digest("d") } } }
      }
    ],
    ["pending results", ["results", "suites"], { ...sample, results: "pending" }],
    ["a failed test", ["results"], { ...sample, results: { ...results, test: { ...results.test, failed: 1 } } }],
    ["no test", ["results"], { ...sample, results: { ...results, faults: { ...results.faults, passed: 0 } } }],
    [
      "a failed step of check",
      ["results"],
      { ...sample, results: { ...results, check: { ...results.check, steps: { lint: "failed" } } } }
    ],
    ["no step of check", ["results"], { ...sample, results: { ...results, check: { ...results.check, steps: {} } } }],
    ["a connector without a suite", ["suites"], { ...sample, results: { ...results, conformance: {} } }],
    [
      "a skipped test of a suite",
      ["suites"],
      {
        ...sample,
        results: { ...results, conformance: { whatsapp: { ...results.conformance.whatsapp, skipped: 1 } } }
      }
    ]
  ]

  it.each(cases)("a record with %s is not proven", (_, claims, record) => {
    assert.deepStrictEqual(refused(record), claims)
  })

  it("another builder may give another image, as long as its manifest is the same", () => {
    const buildkit = { ...first, builder: { name: "buildkit", version: "0.25" }, image: digest("f") }
    assert.deepStrictEqual(refused({ ...sample, builds: [...sample.builds, buildkit] }), [])
  })

  it("pending results are accepted with the option alone, and are never called proven", () => {
    const claims = judged({ ...sample, results: "pending" }, { allowPending: true })
    assert.isTrue(isProven(claims))
    assert.deepStrictEqual(
      claims.flatMap(({ claim, state }) => (state === "proven" ? [claim] : [])),
      ["signature", "subjects", "builds", "node"]
    )
  })

  it("subjects that are not those of the predicate are not proven", () => {
    const { predicate, ...rest } = opened(sample)
    const claims = judgeRecord({ ...rest, predicate, subject: [rest.subject[0]] }, { allowPending: false })
    assert.deepStrictEqual(
      claims.flatMap(({ claim, state }) => (state === "not_proven" ? [claim] : [])),
      ["subjects"]
    )
  })

  it("signatures of other keys are said to prove nothing", () => {
    const [signature] = judgeRecord({ ...opened(sample), unknownSigners: ["other"] }, { allowPending: false })
    assert.include(signature?.said, "1 further signatures are by other keys and prove nothing.")
  })
})
