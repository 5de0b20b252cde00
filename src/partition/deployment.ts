import * as Context from "effect/Context"

/** What the store's stamp says (G4). */
export class Deployment extends Context.Service<
  Deployment,
  {
    /** Random, made once; callback data carries it so that another deployment's statuses are told apart (G18). */
    readonly id: string
    readonly environment: "local" | "staging" | "production"
    readonly partitions: number
    /** 32 bytes in base64 that the store keeps for `local`, where no pepper is configured. */
    readonly localPepper: string
  }
>()("comporta/partition/Deployment") {}

export const recordFormat = 1
export const defaultPartitions = 8
