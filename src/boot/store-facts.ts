import type { InfraError } from "../domain/failure.ts"

/** Permissions that the user of the store lacks. */
export interface Forbidden {
  /** Commands, `hdel` or `script|load`. While a key is forbidden, only commands that take no key. */
  readonly commands: ReadonlyArray<string>
  /** First key of the gateway that the user may not both read and write. */
  readonly key?: string
}

/** Facts that one server reports about itself. A fact that the user may not read is absent. */
export interface ServerFacts {
  /** Host and port. */
  readonly name: string
  readonly kind: "redis" | "valkey"
  /** Version, such as `7.2.4`. */
  readonly version: string
  readonly role: string
  /** Value of `maxmemory-policy`. */
  readonly eviction?: string
  readonly appendOnly?: boolean
  readonly appendFsync?: string
  /** True when the last write of the append-only file succeeded. */
  readonly appendOk?: boolean
  /** Replicas that are connected and in step. */
  readonly replicas: number
  /** Host and port of every replica that is attached to it, in step or not. */
  readonly followers?: ReadonlyArray<string>
  /** Memory limit in bytes; 0 when it has none. */
  readonly maxMemory: number
  /** Used memory in bytes; absent when it does not report it. */
  readonly usedMemory?: number
  /** Memory of its host in bytes; absent when it does not report it. */
  readonly hostMemory?: number
  /** Milliseconds that its clock is ahead of the gateway's; negative when it is behind. */
  readonly ahead: number
  /** Permissions that the program needs and the user lacks. Absent for a store without users. */
  readonly forbidden?: Forbidden
}

/** A replica of one primary, as it reports itself. */
export interface ReplicaFacts {
  /** Host and port, as its primary names them. */
  readonly name: string
  /** The name of its primary. */
  readonly of: string
  /** Absent when it did not answer. */
  readonly facts?: ServerFacts
}

/** One partition, as a script on its keys reports it. */
export interface PartitionFacts {
  readonly partition: number
  /** The name of the primary that holds it. */
  readonly server: string
  /** True when it has the stamp of this deployment (G4). */
  readonly stamped: boolean
  /** Only grows: every process raises it with every read (G47). 0 before the first one. */
  readonly epoch: number
  /** The highest epoch that a process or another partition remembers; above `epoch` when the store went back in time. */
  readonly remembered: number
  /** Names the keys that contradict each other. Absent when none do. */
  readonly broken?: string
}

/** Server or partitions that could not be read. */
export interface Unseen {
  readonly server: string
  /** Absent when the server itself did not answer. */
  readonly partitions?: ReadonlyArray<number>
  readonly error: InfraError
}

/** Facts of one read of the whole store. */
export interface StoreFacts {
  readonly servers: ReadonlyArray<ServerFacts>
  readonly replicas: ReadonlyArray<ReplicaFacts>
  readonly partitions: ReadonlyArray<PartitionFacts>
  readonly unseen: ReadonlyArray<Unseen>
}

/** Writes partition numbers as ranges: `0 to 3, 7`. */
export const rangesOf = (partitions: ReadonlyArray<number>): string => {
  const ranges: Array<[first: number, last: number]> = []
  for (const partition of partitions.toSorted((left, right) => left - right)) {
    const range = ranges.at(-1)
    if (range !== undefined && range[1] === partition - 1) range[1] = partition
    else ranges.push([partition, partition])
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`)).join(", ")
}

/** Returns partition numbers with their noun: `partition 3`, `partitions 0 to 3, 7`. */
export const partitionNames = (partitions: ReadonlyArray<number>): string =>
  `${partitions.length === 1 ? "partition" : "partitions"} ${rangesOf(partitions)}`
