import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { ReplicaFacts, ServerFacts } from "../../../src/boot/store-facts.ts"
import type { InfraError } from "../../../src/domain/failure.ts"
import { permissionsFrom } from "../acl.ts"
import type { RedisReply, RedisStore } from "../client.ts"
import type { ReachedServer } from "../connection/connect-server.ts"
import { final } from "../connection/connection.ts"
import { unexpectedReply } from "../failure.ts"

type Info = ReadonlyMap<string, string>

const infoOf = (reply: RedisReply): Info =>
  new Map(
    (typeof reply === "string" ? reply : "").split(/\r?\n/).flatMap((line): ReadonlyArray<[string, string]> => {
      const at = line.indexOf(":")
      return at <= 0 || line.startsWith("#") ? [] : [[line.slice(0, at), line.slice(at + 1)]]
    })
  )

/** Returns every replica that the server lists as `slave0:ip=…,port=…,state=online,…`. */
const replicasIn = (info: Info) => {
  const listed = [...info].flatMap(([name, value]) => (/^slave\d+$/.test(name) ? [value] : []))
  const addresses = listed.flatMap((value) => {
    const [, ip, port] = /\bip=([^,]+),port=(\d+)/.exec(value) ?? []
    return ip === undefined ? [] : [`${ip}:${port}`]
  })
  return {
    replicas: listed.filter((value) => value.includes("state=online")).length,
    followers: [...new Set(addresses)]
  }
}

const settingOf = (reply: RedisReply): string | undefined => {
  const value = Array.isArray(reply) ? reply[1] : undefined
  return typeof value === "string" ? value : undefined
}

const factsOf = (name: string, info: Info, fsync: string | undefined, ahead: number): ServerFacts => {
  const number = (field: string) => Number(info.get(field) ?? 0)
  const eviction = info.get("maxmemory_policy")
  const aof = info.get("aof_enabled")
  const written = info.get("aof_last_write_status")
  const hostMemory = number("total_system_memory")
  return {
    name,
    kind: info.has("valkey_version") ? "valkey" : "redis",
    version: info.get("valkey_version") ?? info.get("redis_version") ?? "unknown",
    role: info.get("role") ?? "unknown",
    ...(eviction === undefined ? {} : { eviction }),
    ...(aof === undefined ? {} : { appendOnly: aof === "1" }),
    ...(fsync === undefined ? {} : { appendFsync: fsync }),
    ...(written === undefined ? {} : { appendOk: written === "ok" }),
    ...replicasIn(info),
    maxMemory: number("maxmemory"),
    ...(info.has("used_memory") ? { usedMemory: number("used_memory") } : {}),
    ...(hostMemory === 0 ? {} : { hostMemory }),
    ahead
  }
}

/**
 * Returns the milliseconds by which a time lies outside the span in which it was read, so that a slow reply is no skew.
 */
const outside = (time: number, from: number, to: number): number =>
  Math.round(time < from ? time - from : Math.max(0, time - to))

const milliseconds = (reply: RedisReply): Effect.Effect<number, InfraError> => {
  const [seconds, micros] = Array.isArray(reply) ? reply.map(Number) : []
  return seconds === undefined || micros === undefined
    ? Effect.fail(unexpectedReply("TIME"))
    : Effect.succeed(seconds * 1_000 + micros / 1_000)
}

/**
 * Reads the facts of one server. The provider of the store may hide `CONFIG`, so `INFO` alone must suffice (G44). Facts
 * that the store's user may not read are omitted and listed in `forbidden`. Fails when the server does not return that
 * list.
 */
export const factsFrom =
  ({ prefix, sharded }: Pick<RedisStore["Service"], "prefix" | "sharded">) =>
  (server: ReachedServer): Effect.Effect<ServerFacts, InfraError> =>
    Effect.gen(function* () {
      const ask = (name: string, ...args: ReadonlyArray<string>) => final(name, server.command(name, args))
      const permitted = <A>(asked: Effect.Effect<A, InfraError>) =>
        Effect.catchIf(
          asked,
          ({ code }) => code === "store_refused",
          () => Effect.undefined
        )
      const [info, fsync, time, forbidden] = yield* Effect.all(
        [
          permitted(ask("INFO")),
          Effect.orElseSucceed(ask("CONFIG", "GET", "appendfsync"), () => undefined),
          Effect.gen(function* () {
            const from = yield* Clock.currentTimeMillis
            const reply = yield* permitted(Effect.flatMap(ask("TIME"), milliseconds))
            return { from, reply, to: yield* Clock.currentTimeMillis }
          }),
          permissionsFrom(server, { prefix, sharded, partitions: 64 })
        ],
        { concurrency: "unbounded" }
      )
      const ahead = time.reply === undefined ? 0 : outside(time.reply, time.from, time.to)
      return { ...factsOf(server.name, infoOf(info), settingOf(fsync), ahead), forbidden }
    })

/** Replicas at once. The limits of each connection end the wait for one that does not reply. */
const replicasAtOnce = 8

/** Reads the facts of every replica that these primaries name, each over a temporary connection. */
export const replicasOf = (
  store: RedisStore["Service"],
  primaries: ReadonlyArray<ServerFacts>
): Effect.Effect<ReadonlyArray<ReplicaFacts>> =>
  Effect.forEach(
    primaries.flatMap(({ name: of, followers = [] }) => followers.map((name) => ({ name, of }))),
    ({ name, of }) =>
      Effect.scoped(Effect.flatMap(store.reach(name), factsFrom(store))).pipe(
        Effect.map((facts): ReplicaFacts => ({ name, of, facts })),
        Effect.orElseSucceed((): ReplicaFacts => ({ name, of }))
      ),
    { concurrency: replicasAtOnce }
  )
