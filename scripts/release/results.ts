import { readdirSync, readFileSync, statSync } from "node:fs"
import { join, relative } from "node:path"
import * as Schema from "effect/Schema"
import { canonicalJson } from "../../src/domain/json.ts"
import { sha256 } from "../sha256.ts"

/** Part of the output of vitest's reporter `json` that is read. */
const VitestReport = Schema.Struct({
  success: Schema.Boolean,
  testResults: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      status: Schema.String,
      assertionResults: Schema.Array(Schema.Struct({ status: Schema.String }))
    })
  )
})

const Count = Schema.Int

/** Counts of a run of tests by file, without paths of the machine. It is published. */
export const TestSummary = Schema.Struct({
  v: Schema.Literal(1),
  files: Schema.Array(Schema.Struct({ path: Schema.String, passed: Count, failed: Count, skipped: Count }))
})
export type TestSummary = typeof TestSummary.Type

/** Results of the steps of `npm run check`. */
export const CheckSummary = Schema.Struct({
  v: Schema.Literal(1),
  steps: Schema.Record(Schema.String, Schema.Literals(["passed", "failed"]))
})

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(VitestReport))

/** Summarises the report of vitest. A file that failed to load counts as one failed test. */
export const summaryOf = (report: string, root: string): TestSummary => ({
  v: 1,
  files: decode(report)
    .testResults.map(({ assertionResults, name, status }) => {
      const count = (is: (status: string) => boolean) => assertionResults.filter((one) => is(one.status)).length
      const [passed, failed] = [count((one) => one === "passed"), count((one) => one === "failed")]
      return {
        path: relative(root, name),
        passed,
        failed: failed === 0 && status === "failed" ? 1 : failed,
        skipped: assertionResults.length - passed - failed
      }
    })
    .toSorted((one, other) => (one.path < other.path ? -1 : 1))
})

/** Returns the counts of the files that belong. */
export const countsIn = ({ files }: TestSummary, belongs: (path: string) => boolean = () => true) =>
  files
    .filter(({ path }) => belongs(path))
    .reduce(
      (sum, one) => ({
        passed: sum.passed + one.passed,
        failed: sum.failed + one.failed,
        skipped: sum.skipped + one.skipped
      }),
      { passed: 0, failed: 0, skipped: 0 }
    )

const filesUnder = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesUnder(path) : [path]
  })

const suites = "test/plugins"

/** Returns true for a file of the contract suites of a connector: its own folder, that of `meta`, and the files beside them. */
const belongsTo = (connector: string) => (path: string) => {
  const [folder, rest] = path.slice(suites.length + 1).split("/")
  return path.startsWith(`${suites}/`) && (rest === undefined || folder === connector || folder === "meta")
}

/** Returns the suite of a connector: the digest of its source, and its counts in a run of the tests. */
export const suiteOf = (root: string, connector: string, summary: TestSummary) => {
  const paths = filesUnder(join(root, suites))
    .map((path) => relative(root, path))
    .filter(belongsTo(connector))
    .toSorted()
  const source = Object.fromEntries(paths.map((path) => [path, sha256(readFileSync(join(root, path)))]))
  return { digest: sha256(canonicalJson(source)), ...countsIn(summary, belongsTo(connector)) }
}
