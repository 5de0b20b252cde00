import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type * as SubscriptionRef from "effect/SubscriptionRef"
import type { InfraError } from "../../src/domain/failure.ts"
import type { Capacity } from "../../src/inbound/event-log/retention.ts"
import type { BadAuthority } from "../../src/secrets/secret-store.ts"
import { authorities } from "../node-crypto/authorities.ts"
import { type BegunWrite, makeBegun } from "./scripting/begun.ts"
import { isFull, watchCapacity } from "./connection/capacity.ts"
import { connectCluster } from "./connection/connect-cluster.ts"
import { connectSentinel } from "./connection/connect-sentinel.ts"
import { connectServer, reach, type ReachedServer } from "./connection/connect-server.ts"
import {
  type ConnectionGate,
  defaultPrefix,
  final,
  makeGate,
  type Primary,
  type Status
} from "./connection/connection.ts"
import type { AnyOptions, ClusterOptions, SentinelOptions, ServerOptions } from "./connection/options.ts"
import { defineScript, type Script } from "./scripting/script.ts"

export { defineScript, type Script, type Status }
export type { AnyOptions, ClusterOptions, SentinelOptions, ServerOptions as Options }

/** Reply of the server before decoding; `reply.ts` decodes it. */
export type RedisReply = unknown

/**
 * Connects to Redis or Valkey, on one server, behind Sentinels or on a cluster, and never guesses (G7). Nothing is
 * queued while the connection is down, and nothing is sent twice. A failure says whether the command may have run.
 */
export class RedisStore extends Context.Service<
  RedisStore,
  {
    /** Prefix of every key. */
    readonly prefix: string
    /** True when replicas are configured. */
    readonly replicated: boolean
    /** True on a cluster, where all keys of one script share a hash slot. */
    readonly sharded: boolean
    /**
     * Runs a script. When the store is sharded, all keys share one hash slot.
     *
     * When replicas are configured, a script succeeds only after they have acknowledged everything that it has read,
     * for any result (G1, G3). A script whose first line says `no-writes` does not wait.
     */
    readonly run: (
      script: Script,
      keys: ReadonlyArray<string>,
      args: ReadonlyArray<string | number | Buffer>
    ) => Effect.Effect<RedisReply, InfraError>
    /**
     * Sends a command, and waits for no replica. On a cluster it goes to the owner of its key; without a key, to any
     * primary.
     */
    readonly command: (name: string, ...args: ReadonlyArray<string | number>) => Effect.Effect<RedisReply, InfraError>
    /** Sends a command to every primary that holds a part of the store, and waits for no replica. */
    readonly commandEach: (
      name: string,
      ...args: ReadonlyArray<string | number>
    ) => Effect.Effect<ReadonlyArray<{ readonly primary: string; readonly reply: RedisReply }>, InfraError>
    /** Returns the primaries that hold a part of the store now. */
    readonly primaries: () => ReadonlyArray<Primary>
    /** Returns the server that holds a key. Returns `undefined` while the key has no owner. */
    readonly ownerOf: (key: string) => Primary | undefined
    /** Connects to another server of the store by `host:port`, as a primary names its replicas. */
    readonly reach: (address: string) => Effect.Effect<ReachedServer, InfraError, Scope.Scope>
    /** Returns the last write of a partition that began something, as this process knows it. */
    readonly lastBegun: (partition: number) => BegunWrite
    /** Decides which scripts go out on which connection. */
    readonly gate: ConnectionGate
    /** `up` while every primary that holds a part of the store is connected. */
    readonly status: SubscriptionRef.SubscriptionRef<Status>
    /**
     * Grows whenever a primary may have become another server, or the same one after a restart. What one server alone
     * acknowledged may then be lost, so recent reads are worth repeating (G22).
     */
    readonly failovers: SubscriptionRef.SubscriptionRef<number>
    /**
     * Returns true when a primary has used 85 % of its memory, as of about a second ago (G6). Returns false when memory
     * usage is unknown.
     */
    readonly isFull: () => boolean
    /** Returns the memory of the primaries, as of about a second ago. */
    readonly capacity: () => Capacity
  }
>()("comporta/layers/redis/RedisStore") {}

const connect = (options: AnyOptions, scripts: ReadonlySet<Script>, gate: ConnectionGate) => {
  if ("sentinel" in options) return connectSentinel(options, scripts, gate)
  return "cluster" in options ? connectCluster(options, scripts, gate) : connectServer(options, scripts, gate)
}

const make = Effect.fnUntraced(function* (options: AnyOptions) {
  const scripts = new Set<Script>()
  const gate = makeGate()
  const begun = makeBegun()
  const connection = yield* connect(options, scripts, gate)
  const capacity = yield* watchCapacity(connection)
  return RedisStore.of({
    prefix: options.prefix ?? defaultPrefix,
    replicated: (options.replicas ?? 0) > 0,
    sharded: "cluster" in options,
    status: connection.status,
    failovers: connection.failovers,
    isFull: () => isFull(capacity()),
    capacity,
    primaries: connection.primaries,
    ownerOf: connection.ownerOf,
    reach: reach(options),
    lastBegun: begun.last,
    gate,
    run: (script, keys, args) => {
      scripts.add(script)
      const ran = connection.run({ script, keys, args })
      return script.begins ? Effect.flatMap(ran, (answer) => begun.take(script.name, answer)) : ran
    },
    command: (name, ...args) => connection.command(name, args),
    commandEach: (name, ...args) =>
      Effect.forEach(
        connection.primaries(),
        (primary) =>
          Effect.map(final(name, primary.command(name, args)), (reply) => ({ primary: primary.name, reply })),
        { concurrency: "unbounded" }
      )
  })
})

/**
 * Connects to the store. Fails at once when the first connection fails; later connections are made again by themselves.
 */
export const layer = (options: AnyOptions): Layer.Layer<RedisStore, InfraError> =>
  Layer.effect(RedisStore, make(options))

/** Connects over TLS, and trusts only the authorities of one file, so that no other server passes for the store. */
export const layerTrusting = (
  options: AnyOptions,
  caFile: string
): Layer.Layer<RedisStore, InfraError | BadAuthority, FileSystem.FileSystem> =>
  Layer.unwrap(Effect.map(authorities("store", caFile), (ca) => layer({ ...options, ca })))
