import * as Context from "effect/Context"
import * as Data from "effect/Data"

/** What the store's stamp says (G4). */
export class Deployment extends Context.Service<
  Deployment,
  {
    /** Random, made once; callback data carries it so that another deployment's statuses are told apart (G18). */
    readonly id: string
    /** Ids that it had before the store was fenced: their callback data is still ours. */
    readonly former: ReadonlyArray<string>
    readonly environment: "local" | "staging" | "production"
    readonly partitions: number
    /** The version of the identity rules that the store is stamped with: the present one, or one before it (G12). */
    readonly identity: number
    /** Milliseconds since the epoch of the upgrade to that version; absent when the store began with it. */
    readonly identitySince?: number
    /** 32 bytes in base64 that the store keeps for `local`, where no pepper is configured; empty elsewhere. */
    readonly localPepper: string
  }
>()("comporta/partition/Deployment") {}

/** The store is not stamped, or not for this program as it was started. */
export class StampRefused extends Data.TaggedError("StampRefused")<{
  readonly problem: string
  readonly remedy: string
}> {
  override get message() {
    return `${this.problem}; ${this.remedy}`
  }
}

export const recordFormat = 1
/** Of the rules that build event ids and place events: 2 orders a person by phone first (G12). */
export const identityVersion = 2
/** The oldest version whose rules this release still follows, until `comporta store upgrade`. */
export const oldestIdentity = 1
export const defaultPartitions = 8
export const isPartitionCount = (count: number): boolean => Number.isInteger(count) && count >= 1 && count <= 1024
