import type { Judged } from "../../../src/boot/store-registry.ts"
import type { Unseen } from "../../../src/boot/store-look.ts"

/**
 * Keeps the findings about a server that the last look did not wholly reach: that it was not seen to fail is no sign that it
 * is as declared. So a server that comes and goes without taking a write fails once, and passes once.
 */
export const lasting = (
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
