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
/** Of the rules that build event ids (G12). */
export const identityVersion = 1
export const defaultPartitions = 8
export const isPartitionCount = (count: number): boolean => Number.isInteger(count) && count >= 1 && count <= 1024
