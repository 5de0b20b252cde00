import type { InfraError } from "../domain/failure.ts"

/** Permissions that the user of the store lacks. */
export interface Forbidden {
  /** Commands, `hdel` or `script|load`. While a key is forbidden, only commands that take no key. */
  readonly commands: ReadonlyArray<string>
  /** The first key of ours that it may not both read and write. */
  readonly key?: string
}

/** Facts that one server reports about itself. A fact that we may not read is absent. */
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
  /** Whether it carries the stamp of this deployment (G4). */
  readonly stamped: boolean
  /** Only grows: every process raises it at every look (G47). 0 before the first look. */
  readonly epoch: number
  /** The highest epoch that a process or another partition remembers; above `epoch` when the store went back in time. */
  readonly remembered: number
  /** Which of its keys contradict each other. Absent when none do. */
  readonly broken?: string
}

/** A server or partitions that a look did not reach. */
export interface Unseen {
  readonly server: string
  /** Absent when the server itself did not answer. */
  readonly partitions?: ReadonlyArray<number>
  readonly error: InfraError
}

/** What one look at the store saw. */
export interface StoreLook {
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

/** `partition 3`, `partitions 0 to 3, 7`. */
export const partitionNames = (partitions: ReadonlyArray<number>): string =>
  `${partitions.length === 1 ? "partition" : "partitions"} ${rangesOf(partitions)}`
