import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Environment } from "../config/config.ts"
import type { InfraError } from "../domain/failure.ts"
import type { StampRefused } from "../partition/deployment.ts"
import type { PartitionFacts, ReplicaFacts } from "./store-look.ts"

/** What the user of a store may not do. */
export interface Forbidden {
  /** Commands, `hdel` or `script|load`. While a key is forbidden, those alone that take no key. */
  readonly commands: ReadonlyArray<string>
  /** The first key of ours that it may not both read and write. */
  readonly key?: string
}

/** Facts that one server reports about itself. What it does not let us read is absent. */
export interface ServerFacts {
  /** Host and port. */
  readonly name: string
  readonly kind: "redis" | "valkey"
  /** `7.2.4`. */
  readonly version: string
  readonly role: string
  /** `maxmemory-policy`. */
  readonly eviction?: string
  readonly appendOnly?: boolean
  readonly appendFsync?: string
  /** The last write of the append-only file succeeded. */
  readonly appendOk?: boolean
  /** Replicas that are connected and in step. */
  readonly replicas: number
  /** Host and port of every replica that is attached to it, in step or not. */
  readonly followers?: ReadonlyArray<string>
  /** Bytes; 0 where it has no limit of its own. */
  readonly maxMemory: number
  /** Bytes that it uses; absent where it does not say so. */
  readonly usedMemory?: number
  /** Bytes of its host, where it says so. */
  readonly hostMemory?: number
  /** Milliseconds that its clock is ahead of ours. */
  readonly ahead: number
  /** What its user may not do and the program needs. Absent for a store without users. */
  readonly forbidden?: Forbidden
}

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
