import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Host } from "../boot/host.ts"
import type { ServerFacts } from "../boot/store-facts.ts"
import { StoreAdmin } from "../boot/store-services.ts"

/** Kind of platform that a process runs on. */
export type Platform = "cloud-run" | "kubernetes" | "ecs" | "container" | "host"

/** Facts that the store's servers state of themselves. Several values are one text, in order, with a comma between them. */
export interface StoreWorld {
  /** `redis` or `valkey`. */
  readonly kind: string
  /** First two numbers of the version: `7.2`. */
  readonly versionLine: string
  /** Value of `appendfsync`, or `off` without an append-only file. */
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

/** Variables that a platform sets for each process, the most specific platform first. */
const platformVariables: ReadonlyArray<readonly [variable: string, platform: Platform]> = [
  ["K_SERVICE", "cloud-run"],
  ["CLOUD_RUN_JOB", "cloud-run"],
  ["ECS_CONTAINER_METADATA_URI_V4", "ecs"],
  ["ECS_CONTAINER_METADATA_URI", "ecs"],
  ["KUBERNETES_SERVICE_HOST", "kubernetes"]
]

const platformOf = Effect.gen(function* () {
  const { variables, isContained } = yield* Host
  const [, platform] = platformVariables.find(([variable]) => (variables.get(variable) ?? "") !== "") ?? []
  return platform ?? ((yield* isContained) ? "container" : "host")
})

/** Value of a fact that a server hides, or that could not be read. */
const unknown = "unknown"

const together = (values: ReadonlyArray<string>) => [...new Set(values)].toSorted().join(", ") || unknown

const persistenceOf = ({ appendOnly, appendFsync }: ServerFacts, declared: string | undefined) => {
  if (appendOnly === undefined) return unknown
  return appendOnly ? (appendFsync ?? declared ?? unknown) : "off"
}

const storeOf = (servers: ReadonlyArray<ServerFacts>, declared: string | undefined): StoreWorld => ({
  kind: together(servers.map(({ kind }) => kind)),
  versionLine: together(servers.map(({ version }) => version.split(".").slice(0, 2).join("."))),
  persistence: together(servers.map((server) => persistenceOf(server, declared))),
  eviction: together(servers.map(({ eviction }) => eviction ?? unknown))
})

export interface WorldOptions {
  readonly architecture: string
  /** Setting that the operator vouches for, where the store hides it. */
  readonly declared: string | undefined
  /** True for a store in memory, which has no servers. */
  readonly inMemory: boolean
}

const noFacts: ReadonlyArray<ServerFacts> = []

/**
 * Reads the facts of platform and store. A store that does not answer, or that could not be opened, has the value `unknown` for
 * each fact.
 */
export const readWorld = Effect.fnUntraced(function* ({ architecture, declared, inMemory }: WorldOptions) {
  const platform = yield* platformOf
  if (inMemory) return { platform, architecture } satisfies World
  const admin = yield* Effect.serviceOption(StoreAdmin)
  const servers = Option.match(admin, { onNone: () => Effect.succeed(noFacts), onSome: (one) => one.servers })
  const facts = yield* Effect.orElseSucceed(servers, () => noFacts)
  return { platform, architecture, store: storeOf(facts, declared) } satisfies World
})
