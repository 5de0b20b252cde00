import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { isOk } from "../../../src/boot/report.ts"
import type { Unseen } from "../../../src/boot/store-facts.ts"
import type { Judged } from "../../../src/boot/store-registry.ts"
import type { BootCheck } from "../../../src/log/line.ts"
import type { Log } from "../../../src/log/log.ts"
import { gauges } from "../../../src/metrics/registry.ts"

/**
 * Keeps the findings about a server that the last poll did not wholly reach: not having seen it fail does not show that
 * it passes. So a server that comes and goes without accepting a write fails once, and passes once.
 */
export const keepFindings = (
  before: ReadonlyArray<Judged>,
  now: ReadonlyArray<Judged>,
  unseen: ReadonlyArray<Unseen>
): ReadonlyArray<Judged> => {
  if (unseen.length === 0) return now
  const missed = new Set(unseen.map(({ server }) => server))
  return now.map((judged) => {
    if (judged.findings.length > 0) return judged
    const earlier = before.find(({ check }) => check.name === judged.check.name)?.findings ?? []
    const kept = earlier.filter(({ server }) => server === undefined || missed.has(server))
    return kept.length === 0 ? judged : { check: judged.check, findings: kept }
  })
}

/** Lists the checks without which the store accepts no write. */
const writability = new Set(["store.reachable", "store.primary", "store.writable"])

/** Makes a function that reports a poll: the metric each time, the log once for each change. */
export const makeReporter = (log: Log["Service"]) => {
  const failing = new Set<string>()
  let away = false
  const change = (check: BootCheck) => {
    const was = failing.has(check.name)
    if (isOk(check)) failing.delete(check.name)
    else failing.add(check.name)
    if (was === failing.has(check.name)) return
    if (was) log.write("info", "store.check_passed", { checks: [check] })
    else log.write("error", "store.check_failed", { checks: [check] })
  }
  return Effect.fnUntraced(function* (checks: ReadonlyArray<BootCheck>, used: number) {
    yield* Metric.update(gauges.storeMemoryUsed, used)
    for (const check of checks) change(check)
    const now = checks.some((check) => writability.has(check.name) && !isOk(check))
    if (now !== away) log.write(now ? "error" : "info", now ? "store.away" : "store.back")
    away = now
    yield* Effect.forEach(
      checks,
      (check) => Metric.update(Metric.withAttributes(gauges.storeCheck, { check: check.name }), isOk(check) ? 1 : 0),
      { discard: true }
    )
  })
}
