import * as Context from "effect/Context"
import * as Data from "effect/Data"

/** Content of the store's stamp (G4). */
export class Deployment extends Context.Service<
  Deployment,
  {
    /** Random id, made once. Callback data contains it, which separates the statuses of another deployment (G18). */
    readonly id: string
    /** Ids before the store was fenced. Callback data with one of them still counts as the gateway's own. */
    readonly former: ReadonlyArray<string>
    /** Milliseconds since the epoch of the last fence. Absent for a store that no release of this kind has fenced. */
    readonly fencedAt?: number
    readonly environment: "local" | "staging" | "production"
    readonly partitions: number
    /** Version of the identity rules in the store's stamp: the present one, or an earlier one (G12). */
    readonly identity: number
    /** Milliseconds since the epoch of the upgrade to that version; absent when the store began with it. */
    readonly identitySince?: number
    /** 32 bytes in base64 that the store keeps for `local`, where no pepper is configured; empty elsewhere. */
    readonly localPepper: string
  }
>()("comporta/partition/Deployment") {}

/** The store has no stamp, or one that does not fit the program as it was started. */
export class StampRefused extends Data.TaggedError("StampRefused")<{
  readonly problem: string
  readonly remedy: string
}> {
  override get message() {
    return `${this.problem}; ${this.remedy}`
  }
}

/** Format of the records of intents and events. A record of another format is kept and not read (G5). */
export const recordFormat = 1
/**
 * Format of a store: what its scripts may write. In format 2 settled intents are archived, and delivered events leave
 * the log. This release runs on each format from {@link oldestStoreFormat} on, and writes only what the stamp allows, so
 * that the earlier release may run beside it until `comporta store upgrade` (G5).
 */
export const storeFormat = 2
export const oldestStoreFormat = 1
/** First format in which settled intents are archived. */
export const archiveFormat = 2
/** First format in which delivered events are kept apart from the log. */
export const deliveredFormat = 2
/** Version of the rules that derive event ids and order events: 2 orders a person's events by phone first (G12). */
export const identityVersion = 2
/** The oldest version whose rules this release still follows, until `comporta store upgrade`. */
export const oldestIdentity = 1
export const defaultPartitions = 8
export const isPartitionCount = (count: number): boolean => Number.isInteger(count) && count >= 1 && count <= 1024
