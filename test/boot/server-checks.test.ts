import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import { memoryCheck, retentionCheck } from "../../src/boot/retention-checks.ts"
import { serverCheckList } from "../../src/boot/server-checks.ts"
import type { ReplicaFacts, ServerFacts } from "../../src/boot/store-facts.ts"
import { judgeStore, storeReport } from "../../src/boot/store-registry.ts"
import type { StoreConfig } from "../../src/config/config.ts"
import { retentionDefaults } from "../../src/config/store-schema.ts"

const server: ServerFacts = {
  name: "redis:6379",
  kind: "redis",
  version: "7.2.4",
  role: "master",
  eviction: "noeviction",
  appendOnly: true,
  appendFsync: "always",
  appendOk: true,
  replicas: 0,
  maxMemory: 0,
  hostMemory: 64 * 2 ** 30,
  ahead: 3
}
const store: StoreConfig = {
  at: { _tag: "Server", url: "redis://redis:6379" },
  durability: "host",
  retention: retentionDefaults
}
const inLocal: StoreConfig = { ...store, replicas: 1 }
const sentinel = { _tag: "Sentinel", name: "main", nodes: ["s:26379"] } as const

const { eviction: _eviction, ...withoutEviction } = server
const { appendFsync: _fsync, ...withoutFsync } = server
const { appendOnly: _aof, ...withoutAof } = server

const serverChecks = (
  servers: ReadonlyArray<ServerFacts>,
  config: StoreConfig = store,
  replicas: ReadonlyArray<ReplicaFacts> = []
) =>
  storeReport(
    judgeStore(
      serverCheckList,
      { servers, replicas, partitions: [], unseen: [] },
      config,
      config === inLocal ? "local" : "staging"
    )
  )

const failing = (...args: Parameters<typeof serverChecks>) =>
  serverChecks(...args).flatMap(({ name, state }) => (state === "ok" ? [] : [name]))

describe("store server checks", () => {
  it("a correct server passes every check, and each check is registered", () => {
    assert.deepStrictEqual(failing([server]), [])
    assert.deepStrictEqual(
      serverChecks([server]).map(({ name }) => name),
      serverCheckList.map(({ name }) => name)
    )
  })

  for (const [what, servers, config, check] of [
    ["an old Redis", [{ ...server, version: "6.2.14" }], store, "store.version"],
    ["an old Valkey", [{ ...server, kind: "valkey", version: "7.1.0" }], store, "store.version"],
    ["an unreadable version", [{ ...server, version: "unknown" }], store, "store.version"],
    ["a replica", [{ ...server, role: "slave" }], store, "store.primary"],
    ["a server that evicts", [{ ...server, eviction: "allkeys-lru" }], store, "store.eviction"],
    ["G44 a server that hides its eviction policy", [withoutEviction], store, "store.eviction"],
    ["G1 a server without an append-only file", [{ ...server, appendOnly: false }], store, "store.durability"],
    [
      "G1 a server that syncs each second under durability `host`",
      [{ ...server, appendFsync: "everysec" }],
      store,
      "store.durability"
    ],
    [
      "G1 a server that never syncs",
      [{ ...server, appendFsync: "no" }],
      { ...store, durability: "process" },
      "store.durability"
    ],
    [
      "G1 a server that failed to write its append-only file",
      [{ ...server, appendOk: false }],
      store,
      "store.durability"
    ],
    ["G44 a server that hides its sync policy", [withoutFsync], store, "store.durability"],
    ["G44 a server that hides its persistence", [withoutAof], store, "store.durability"],
    [
      "G1 a server with fewer replicas than must acknowledge",
      [{ ...server, replicas: 1 }],
      { ...store, at: sentinel, replicas: 2 },
      "store.replicas"
    ],
    [
      "G1 a server with more replicas than must acknowledge",
      [{ ...server, replicas: 2 }],
      { ...store, at: sentinel, replicas: 1 },
      "store.replicas"
    ],
    ["G8 a server with its clock ahead", [{ ...server, ahead: 1_500 }], store, "store.clock"],
    ["G8 a server with its clock behind", [{ ...server, ahead: -1_500 }], store, "store.clock"],
    ["one bad primary of three", [server, server, { ...server, eviction: "volatile-ttl" }], store, "store.eviction"]
  ] satisfies ReadonlyArray<readonly [string, ReadonlyArray<ServerFacts>, StoreConfig, string]>) {
    it(`${what} fails one check, with a remedy`, () => {
      assert.deepStrictEqual(failing(servers, config), [check])
      const found = serverChecks(servers, config).find(({ state }) => state === "failed")
      assert.match(found?.remedy ?? "", /\S/)
      assert.include(found?.problem, "redis:6379")
    })
  }

  const behindSentinel: StoreConfig = { ...store, at: sentinel, replicas: 1 }
  const led = { ...server, replicas: 1, followers: ["10.0.0.2:6379"] }
  const replica = (facts?: Partial<ServerFacts>): ReplicaFacts => ({
    name: "10.0.0.2:6379",
    of: server.name,
    ...(facts === undefined ? {} : { facts: { ...server, name: "10.0.0.2:6379", role: "slave", ...facts } })
  })

  for (const [what, replicaFacts, check] of [
    ["evicts", replica({ eviction: "allkeys-lru" }), "store.eviction"],
    ["keeps no append-only file", replica({ appendOnly: false }), "store.durability"],
    ["syncs less often than declared", replica({ appendFsync: "everysec" }), "store.durability"],
    ["is too old", replica({ version: "6.2.0" }), "store.version"],
    ["has a wrong clock", replica({ ahead: -5_000 }), "store.clock"],
    ["does not answer", replica(), "store.replicas"]
  ] as const) {
    it(`G45 the checks refuse a replica that ${what}, since it may be promoted`, () => {
      assert.deepStrictEqual(failing([led], behindSentinel, [replica({})]), [])
      assert.deepStrictEqual(failing([led], behindSentinel, [replicaFacts]), [check])
      const found = serverChecks([led], behindSentinel, [replicaFacts]).find(({ state }) => state === "failed")
      assert.include(found?.problem, "10.0.0.2:6379, replica of redis:6379")
      assert.match(found?.remedy ?? "", /\S/)
    })
  }

  it("G45 the checks count a replica that is attached and not in sync", () => {
    const more = { ...led, followers: ["10.0.0.2:6379", "10.0.0.3:6379"] }
    assert.deepStrictEqual(failing([more], behindSentinel), ["store.replicas"])
  })

  it("G8 the checks refuse two primaries whose clocks differ from each other", () => {
    const other = { ...server, name: "other:6379", ahead: -700 }
    assert.deepStrictEqual(failing([{ ...server, ahead: 700 }, other]), ["store.clock"])
  })

  it("the checks in `local` cover only primary, replicas and eviction", () => {
    const cache = { ...server, version: "6.0", eviction: "allkeys-lru", appendOnly: false, ahead: 9_000, replicas: 2 }
    assert.deepStrictEqual(failing([cache], inLocal), ["store.eviction", "store.replicas"])
    const kept = { ...cache, eviction: "noeviction" }
    assert.deepStrictEqual(failing([{ ...kept, replicas: 1, role: "slave" }], inLocal), ["store.primary"])
  })

  it("G1 the checks accept durability `process` with a sync each second or with acknowledging replicas", () => {
    assert.deepStrictEqual(failing([{ ...server, appendFsync: "everysec" }], { ...store, durability: "process" }), [])
    assert.deepStrictEqual(failing([{ ...server, replicas: 2 }], { ...store, at: sentinel, replicas: 2 }), [])
  })
})

describe("retention", () => {
  const whatsapp = { id: "whatsapp", retryHorizon: Duration.days(7) }
  const remembering = (dedupe: Duration.Duration) => ({ ...store, retention: { ...retentionDefaults, dedupe } })

  it("G9 the retention check refuses marks that expire before the longest redelivery", () => {
    assert.strictEqual(retentionCheck(store, [whatsapp]).state, "ok")
    const short = retentionCheck(remembering(Duration.days(7)), [
      { id: "a", retryHorizon: Duration.hours(1) },
      whatsapp
    ])
    assert.strictEqual(short.state, "failed")
    assert.include(short.problem, "whatsapp redelivers for 7d")
  })

  it("G9 the memory check reports the needed memory, and refuses a declared rate beyond it", () => {
    const small = [{ ...server, maxMemory: 2 ** 30 }]
    const undeclared = memoryCheck(small, store)
    assert.deepStrictEqual([undeclared.state, undeclared.name], ["ok", "store.memory"])
    assert.match(
      undeclared.problem ?? "",
      /^1 received and 1 sent messages a second, with three statuses for each sent one, need about \d+\.\d GiB; 1\.0 GiB carry about 0\.\d+ a second$/
    )
    assert.strictEqual(memoryCheck(small, { ...store, rate: 10 }).state, "failed")
    assert.strictEqual(memoryCheck(small, { ...store, rate: 0.01 }).state, "ok")
    assert.strictEqual(memoryCheck([server], { ...store, rate: 1 }).state, "ok")
  })
})
