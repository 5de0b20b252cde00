import { canonicalJson } from "../../domain/json.ts"
import type { GateEvidence, UnsignedEvidence } from "./evidence.ts"

type Either = UnsignedEvidence | GateEvidence

/** Returns the key of a record: there is at most one of each result for a row and a scope. */
export const evidenceKey = ({ row, scope, result }: Pick<UnsignedEvidence, "row" | "scope" | "result">): string =>
  canonicalJson([row, scope, result])

const unsignedOf = (evidence: Either): UnsignedEvidence => {
  const { signature: _, ...rest } = { signature: "", ...evidence }
  return rest
}

/** Returns the content that the newest of two records decides: all but what a merge keeps. */
const contentOf = (evidence: UnsignedEvidence): string =>
  canonicalJson({ ...evidence, first: 0, count: 0, sticky: false })

const isNewer = (one: UnsignedEvidence, other: UnsignedEvidence): boolean =>
  one.at === other.at ? contentOf(one) > contentOf(other) : one.at > other.at

/**
 * Merges two records of one {@link evidenceKey}. The newest decides the content. `first` is the earliest, `count` the
 * highest, and a violation stays one. The order does not matter, and a record that comes twice changes nothing. The result
 * must be signed.
 */
export const mergeEvidence = (one: Either, other: Either): UnsignedEvidence => {
  const [left, right] = [unsignedOf(one), unsignedOf(other)]
  return {
    ...(isNewer(left, right) ? left : right),
    first: Math.min(left.first, right.first),
    count: Math.max(left.count, right.count),
    sticky: left.sticky || right.sticky
  }
}

/** Returns the record that follows `present` when its fact was observed again: its count is added, and its `first` is kept. */
export const addObservation = (present: Either | undefined, observed: UnsignedEvidence): UnsignedEvidence =>
  present === undefined ? observed : { ...mergeEvidence(present, observed), count: present.count + observed.count }
