import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { isOk } from "../../../src/boot/report.ts"
import type { BootCheck } from "../../../src/log/line.ts"
import type { Log } from "../../../src/log/log.ts"
import { gauges } from "../../../src/metrics/registry.ts"

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
