import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { ServerFacts } from "../../../src/boot/store-admin.ts"
import type { RedisStore, Reply } from "../client.ts"
import { unexpectedReply } from "../failure.ts"

type Info = ReadonlyMap<string, string>

const infoOf = (reply: Reply): Info =>
  new Map(
    (typeof reply === "string" ? reply : "").split(/\r?\n/).flatMap((line): ReadonlyArray<[string, string]> => {
      const at = line.indexOf(":")
      return at <= 0 || line.startsWith("#") ? [] : [[line.slice(0, at), line.slice(at + 1)]]
    })
  )

/** Replicas that are connected and in step: `slave0:ip=…,port=…,state=online,…`. */
const replicasIn = (info: Info) =>
  [...info].filter(([name, value]) => /^slave\d+$/.test(name) && value.includes("state=online")).length

const settingOf = (reply: Reply): string | undefined => {
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
    replicas: replicasIn(info),
    maxMemory: number("maxmemory"),
    ...(hostMemory === 0 ? {} : { hostMemory }),
    ahead
  }
}

/** Asked of every primary. `CONFIG` may be hidden by whoever runs the store; then only `INFO` speaks (G44). */
export const serversOf = Effect.fnUntraced(function* (store: RedisStore["Service"]) {
  const infos = yield* store.commandEach("INFO")
  const fsyncs = yield* store.commandEach("CONFIG", "GET", "appendfsync").pipe(Effect.orElseSucceed(() => []))
  const asked = yield* Clock.currentTimeMillis
  const times = yield* store.commandEach("TIME")
  const middle = (asked + (yield* Clock.currentTimeMillis)) / 2
  const fsyncOf = new Map(fsyncs.map(({ primary, reply }) => [primary, settingOf(reply)]))
  return yield* Effect.forEach(infos, ({ primary, reply }) => {
    const time = times.find((one) => one.primary === primary)?.reply
    const [seconds, micros] = Array.isArray(time) ? time.map(Number) : []
    if (seconds === undefined || micros === undefined) return Effect.fail(unexpectedReply("TIME"))
    const ahead = Math.round(seconds * 1_000 + micros / 1_000 - middle)
    return Effect.succeed(factsOf(primary, infoOf(reply), fsyncOf.get(primary), ahead))
  })
})
