import { appendFileSync } from "node:fs"

const countOf = (modules, errors) => {
  const count = { passed: 0, failed: errors.length, skipped: 0 }
  for (const module of modules) {
    const before = count.failed
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      count[state === "passed" || state === "failed" ? state : "skipped"] += 1
    }
    if (module.state() === "failed" && count.failed === before) count.failed += 1
  }
  return count
}

/** Ends a run with `N passed, N failed` alone on a line; the counts also go to the file named by COMPORTA_TALLY. */
export default class TallyReporter {
  onTestRunEnd(modules, errors) {
    if (modules.length === 0 && errors.length === 0) return console.log("there are no such tests")
    const { failed, passed, skipped } = countOf(modules, errors)
    const tally = process.env.COMPORTA_TALLY
    if (tally) appendFileSync(tally, `${passed} ${failed} ${skipped}\n`)
    console.log(`${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`)
  }
}
