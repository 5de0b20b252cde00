import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Environment } from "../config/config.ts"
import type { InfraError } from "../domain/failure.ts"
import type { StampRefused } from "../deployment/deployment.ts"
import type { PartitionFacts, ReplicaFacts, ServerFacts } from "./store-look.ts"

/** What the store's stamp says (G4), for a person. */
export interface StampFacts {
  readonly deployment: string
  readonly environment: Environment
  readonly partitions: number
  readonly identity: number
  readonly format: number
}

/** The store as an operator and the boot see it: over a connection of its own, before anything works on it. */
export class StoreAdmin extends Context.Service<
  StoreAdmin,
  {
    readonly servers: Effect.Effect<ReadonlyArray<ServerFacts>, InfraError>
    /** Asks every replica that a primary names, over a connection of the moment. */
    readonly replicas: Effect.Effect<ReadonlyArray<ReplicaFacts>, InfraError>
    /** Reads the epoch and the keys of every partition, and changes nothing. */
    readonly partitions: (count: number) => Effect.Effect<ReadonlyArray<PartitionFacts>, InfraError>
    /** Writes into every partition, acknowledged as `store.replicas` wants it. */
    readonly write: (partitions: number) => Effect.Effect<void, InfraError>
    /** Answers nothing where the store has no stamp. */
    readonly stamp: Effect.Effect<StampFacts | undefined, InfraError | StampRefused>
    /** Stamps an empty store; one that has a stamp of this environment keeps it. */
    readonly init: (partitions?: number) => Effect.Effect<StampFacts, InfraError | StampRefused>
    /** Is this the pepper that the store is used with? The first one that is asked about stays. 32 hex digits of a keyed digest. */
    readonly isPepper: (fingerprint: string) => Effect.Effect<boolean, InfraError>
    /** Raises a stamp that this program can read to the formats that it writes. */
    readonly upgrade: Effect.Effect<StampFacts, InfraError | StampRefused>
    /** Gives the store another deployment id: whatever still runs on the old one is refused from then on (G4). */
    readonly fence: Effect.Effect<StampFacts, InfraError | StampRefused>
  }
>()("comporta/boot/StoreAdmin") {}
