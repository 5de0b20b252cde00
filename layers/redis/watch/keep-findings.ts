import type { Judged } from "../../../src/boot/store-registry.ts"
import type { Unseen } from "../../../src/boot/store-look.ts"

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
