import { assert, describe, it } from "@effect/vitest"
import { root } from "../house/imports.ts"
import { ledgerOf } from "../../scripts/release/ledger.ts"
import type { CrashLedger } from "../../scripts/release/measurements.ts"
import { countsIn, suiteOf, summaryOf } from "../../scripts/release/results.ts"
import { faultsOf, begun } from "../faults/crash/tally.ts"

const results = (path: string, ...statuses: ReadonlyArray<string>) => ({
  name: `${root}/${path}`,
  status: statuses.includes("failed") || statuses.length === 0 ? "failed" : "passed",
  assertionResults: statuses.map((status) => ({ status }))
})

const summary = summaryOf(
  JSON.stringify({
    success: false,
    testResults: [
      results("test/plugins/whatsapp/b.test.ts", "passed", "pending"),
      results("test/plugins/instagram/a.test.ts", "failed"),
      results("test/plugins/meta/a.test.ts", "passed"),
      results("test/plugins/exact-numbers.test.ts", "passed"),
      results("test/http/a.test.ts")
    ]
  }),
  root
)

const crash: CrashLedger = {
  v: 1,
  kind: "crash-webhooks",
  version: "4.2.0",
  seed: 1,
  kills: 4_000,
  atThePoint: 3_000,
  things: 64_000,
  losses: 1,
  duplicates: 6,
  otherFaults: 0,
  uncertain: 70
}

describe("files of a release", () => {
  it("a summary of tests has paths of the repository, and a file that failed to load counts as a failure", () => {
    assert.deepStrictEqual(summary.files[0], { path: "test/http/a.test.ts", passed: 0, failed: 1, skipped: 0 })
    assert.deepStrictEqual(countsIn(summary), { passed: 3, failed: 2, skipped: 1 })
    assert.notInclude(JSON.stringify(summary), root)
  })

  it("the suite of a connector has its own tests and the shared ones, and a digest of their source", () => {
    const [whatsapp, instagram] = [suiteOf(root, "whatsapp", summary), suiteOf(root, "instagram", summary)]
    assert.deepInclude(whatsapp, { passed: 3, failed: 0, skipped: 1 })
    assert.deepInclude(instagram, { passed: 2, failed: 1, skipped: 0 })
    assert.notStrictEqual(whatsapp.digest, instagram.digest)
  })

  it("the ledger counts losses and duplicates for each thousand kills, and names missing measurements", () => {
    const page = ledgerOf([crash])
    assert.include(page, "| webhooks | 1 | 4000 | 3000 | 64000 | 0.25 | 1.50 | 0 | 70 |")
    for (const kind of ["crash-sends", "fuzz", "bench"]) assert.include(page, `Not measured for this release: ${kind}.`)
    assert.notInclude(page, "Not measured for this release: crash-webhooks.")
  })

  it("broken rules of a campaign are counted as losses, duplicates and others", () => {
    const rules = ["performed 2 times", "sent, and nobody performed it", "performed again after the evidence", "other"]
    const wrong = rules.map((rule) => `blow 1, killed before the claim: verified k (answer): ${rule}`)
    assert.deepStrictEqual(faultsOf({ ...begun(1), wrong }), { losses: 1, duplicates: 2, otherFaults: 1 })
  })
})
