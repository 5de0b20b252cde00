/** Kind of platform that a process runs on. */
export type Platform = "cloud-run" | "kubernetes" | "ecs" | "container" | "host"

/** What the store's servers say of themselves. Several different values are one text, in order, with a comma between them. */
export interface StoreWorld {
  /** `redis` or `valkey`. */
  readonly kind: string
  /** First two numbers of the version: `7.2`. */
  readonly versionLine: string
  /** `appendonly` with its `appendfsync`, or `off`. */
  readonly persistence: string
  /** Value of `maxmemory-policy`. */
  readonly eviction: string
}

/** Facts that no operator of the gateway chooses in a file. Host, region, revision and kernel are not among them. */
export interface World {
  readonly platform: Platform
  /** Architecture of the process: `x64`, `arm64`. */
  readonly architecture: string
  /** Absent for a store in memory. */
  readonly store?: StoreWorld
}
