import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Environment } from "../config/config.ts"
import type { StampRefused } from "../deployment/deployment.ts"
import type { InfraError } from "../domain/failure.ts"
import type { BootCheck } from "../log/line.ts"
import type { PartitionFacts, ReplicaFacts, ServerFacts } from "./store-facts.ts"

/** Contents of the store's stamp (G4), for an operator. */
export interface StampFacts {
  readonly deployment: string
  readonly environment: Environment
  readonly partitions: number
  readonly identity: number
  readonly format: number
}

/** Administers the store for an operator and the boot, over a connection of its own, before any worker uses it. */
export class StoreAdmin extends Context.Service<
  StoreAdmin,
  {
    readonly servers: Effect.Effect<ReadonlyArray<ServerFacts>, InfraError>
    /** Reads the facts of every replica that a primary names, over a temporary connection. */
    readonly replicas: Effect.Effect<ReadonlyArray<ReplicaFacts>, InfraError>
    /** Reads the epoch and the keys of every partition. Changes nothing. */
    readonly partitions: (count: number) => Effect.Effect<ReadonlyArray<PartitionFacts>, InfraError>
    /** Writes into every partition, and waits for as many replicas as `store.replicas` requires. */
    readonly write: (partitions: number) => Effect.Effect<void, InfraError>
    /** Reads the stamp. Returns `undefined` when the store has none. */
    readonly stamp: Effect.Effect<StampFacts | undefined, InfraError | StampRefused>
    /** Stamps an empty store. A store with a stamp of this environment keeps it. */
    readonly init: (partitions?: number) => Effect.Effect<StampFacts, InfraError | StampRefused>
    /** Returns true when the store is used with this pepper, given as 32 hex digits of a keyed digest. Keeps the first one. */
    readonly isPepper: (fingerprint: string) => Effect.Effect<boolean, InfraError>
    /** Raises a stamp that this program can read to the formats that it writes. */
    readonly upgrade: Effect.Effect<StampFacts, InfraError | StampRefused>
    /** Gives the store another deployment id. Processes with the old one are refused from then on (G4). */
    readonly fence: Effect.Effect<StampFacts, InfraError | StampRefused>
  }
>()("comporta/boot/StoreAdmin") {}

/**
 * Watches the promises of the store while the program runs (G45). It reads every primary each second and on every new
 * connection, and every replica each minute and after every failover. While a promise is broken, it refuses the claims and
 * admissions that it concerns. Calls under way can still be settled.
 */
export class StoreWatch extends Context.Service<
  StoreWatch,
  {
    /**
     * Reads every primary once, and returns every check by the last full read. `store.reachable` fails when a primary does not
     * answer, or when the last full read is too old.
     */
    readonly checks: Effect.Effect<ReadonlyArray<BootCheck>>
  }
>()("comporta/boot/StoreWatch") {}
