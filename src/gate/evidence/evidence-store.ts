import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { InfraError } from "../../domain/failure.ts"
import type { Millis } from "../words.ts"

/** Milliseconds by which the time of a record may differ from the store's when it is written. */
export const writtenWithin = 2_000

/** Most records that a store keeps. The oldest leave first, and violations last. */
export const mostEvidence = 4_096

/** A record as the store keeps it. Its text may have been changed there, so a reader checks its signature. */
export interface StoredEvidence {
  /** Digest of its `evidenceKey`: 64 hex digits. */
  readonly id: string
  /** JSON text of the signed record. */
  readonly record: string
}

/** A record to write. */
export interface EvidenceWrite extends StoredEvidence {
  /** Text of the record that it replaces; absent when there is none. */
  readonly replaces?: string
  /** The `at` of the record. */
  readonly at: Millis
  readonly sticky: boolean
}

/**
 * Result of a write. `changed`: another process wrote the record meanwhile, so it must be merged again. `late`: its time is not
 * the store's, so it must be signed again.
 */
export type EvidenceWritten = "written" | "changed" | "late"

/** Recorded facts in the store: at most one record for each id, and {@link mostEvidence} in all. */
export class EvidenceStore extends Context.Service<
  EvidenceStore,
  {
    /** Reads the time of the store and every record. */
    readonly read: Effect.Effect<{ readonly now: Millis; readonly records: ReadonlyArray<StoredEvidence> }, InfraError>
    /** Writes one record by compare-and-set. A repeated write of the same text is `written`. */
    readonly write: (write: EvidenceWrite) => Effect.Effect<EvidenceWritten, InfraError>
  }
>()("comporta/gate/EvidenceStore") {}

/** Milliseconds by which a violation outlives other records when the store makes room. */
const violationStays = 10 * 365 * 86_400_000

/** Returns the rank by which records leave a store that has too many: the lowest first. */
export const evidenceRank = ({ at, sticky }: Pick<EvidenceWrite, "at" | "sticky">): number =>
  sticky ? at + violationStays : at
