import type { StoreConfig } from "../config/config.ts"
import { fullAt } from "../inbound/event-log/retention.ts"
import { always, type Finding, never, type StoreCheck, type StoreRefusal } from "./store-check.ts"
import type { ReplicaFacts, ServerFacts } from "./store-facts.ts"
import type { CheckName } from "./check-registry.ts"

type Verdict = { readonly problem: string; readonly remedy: string } | undefined
type Judge = (server: ServerFacts, store: StoreConfig) => Verdict

/** Milliseconds that the clocks of store and gateway may differ: well below the 5 s in which a call must begin (G16). */
export const clockTolerance = 1_000

const oldest = { redis: [7, 0], valkey: [7, 2] } as const

const version: Judge = ({ kind, version: text }) => {
  const [major = 0, minor = 0] = text.split(".").map(Number)
  const [atLeast, andMinor] = oldest[kind]
  return major > atLeast || (major === atLeast && minor >= andMinor)
    ? undefined
    : { problem: `it is ${kind} ${text}`, remedy: "run Redis 7 or newer, or Valkey 7.2 or newer" }
}

const eviction: Judge = ({ eviction: policy }) => {
  if (policy === "noeviction") return undefined
  return policy === undefined
    ? { problem: "it hides its maxmemory-policy", remedy: "let this user read INFO memory" }
    : { problem: `it evicts keys (${policy})`, remedy: "set maxmemory-policy noeviction" }
}

const durability: Judge = (
  { appendOnly, appendFsync: read, appendOk },
  { durability: declared, declared: vouched }
) => {
  const wanted = declared === "host" ? "always" : "everysec"
  const appendFsync = read ?? vouched?.appendfsync
  if (appendOnly === undefined || (appendOnly && appendFsync === undefined)) {
    return {
      problem: "it hides how it persists",
      remedy:
        "let this user run CONFIG GET and INFO persistence; where a managed store hides CONFIG, read its setting in its console and write store.declared: { appendfsync: always }"
    }
  }
  if (!appendOnly)
    return { problem: "its append-only file is off", remedy: `set appendonly yes, appendfsync ${wanted}` }
  if (appendFsync !== "always" && appendFsync !== wanted) {
    return {
      problem: `it writes to disk with appendfsync ${appendFsync}, and durability ${declared} is declared`,
      remedy: `set appendfsync ${wanted}${declared === "host" ? ", or declare store.durability: process, and accept what a dead host then loses" : ""}`
    }
  }
  return appendOk === false
    ? { problem: "its append-only file could not be written", remedy: "free its disk, and check its log" }
    : undefined
}

const replicas: Judge = ({ replicas: inStep, followers }, { at, replicas: wanted = 0 }) => {
  if (inStep < wanted) {
    return {
      problem: `${inStep} of its replicas are in sync, and ${wanted} must acknowledge`,
      remedy: "start the others, or set store.replicas to their number"
    }
  }
  const there = Math.max(inStep, followers?.length ?? 0)
  return there > wanted && (wanted > 0 || at._tag !== "Server")
    ? {
        problem: `${there} replicas can be promoted, and only ${wanted} must acknowledge`,
        remedy: "set store.replicas to their number, or remove the others: a promoted one may lack a claim"
      }
    : undefined
}

const percent = (part: number) => `${Math.round(part * 100)} %`

/** Checks the used share of memory: a store above {@link fullAt} refuses admissions and claims by itself (G6). */
const memory: Judge = ({ usedMemory, maxMemory }) => {
  const used = usedMemory === undefined || maxMemory === 0 ? 0 : usedMemory / maxMemory
  return used <= fullAt
    ? undefined
    : {
        problem: `it has used ${percent(used)} of its memory; above ${percent(fullAt)} the gateway accepts nothing`,
        remedy:
          "give it more memory, or shorten store.retention: delivered events are deleted already; the rest waits for the runtime or for its retention"
      }
}

const writable: Judge = ({ role }) =>
  role === "master"
    ? undefined
    : { problem: `it is a ${role}, not a primary`, remedy: "point store.url at the primary, or use store.sentinel" }

const ntp = "synchronise all clocks by NTP"

const clock: Judge = ({ ahead }) =>
  Math.abs(ahead) <= clockTolerance
    ? undefined
    : { problem: `its clock is ${Math.abs(ahead)} ms ${ahead > 0 ? "ahead of" : "behind"} the gateway's`, remedy: ntp }

/** Compares the clocks of all primaries: two may each be near the gateway's clock, but far from each other. */
const apart = (servers: ReadonlyArray<ServerFacts>): ReadonlyArray<Finding> => {
  const [first, ...others] = servers.toSorted((left, right) => left.ahead - right.ahead)
  const last = others.at(-1)
  if (first === undefined || last === undefined || last.ahead - first.ahead <= clockTolerance) return []
  const problem = `${last.name}: its clock is ${last.ahead - first.ahead} ms ahead of ${first.name}`
  return [{ problem, remedy: ntp, server: last.name }]
}

const ofPrimaries = (servers: ReadonlyArray<ServerFacts>, store: StoreConfig, judge: Judge): ReadonlyArray<Finding> =>
  servers.flatMap((server) => {
    const verdict = judge(server, store)
    if (verdict === undefined) return []
    return [{ problem: `${server.name}: ${verdict.problem}`, remedy: verdict.remedy, server: server.name }]
  })

const ofReplicas = (all: ReadonlyArray<ReplicaFacts>, store: StoreConfig, judge: Judge): ReadonlyArray<Finding> =>
  all.flatMap(({ name, of, facts }) => {
    const verdict = facts === undefined ? undefined : judge(facts, store)
    if (verdict === undefined) return []
    return [{ problem: `${name}, replica of ${of}: ${verdict.problem}`, remedy: verdict.remedy, server: of }]
  })

/** Returns the replicas that did not answer. Behind one fixed address none counts: the gateway does not connect to them. */
const unasked = (all: ReadonlyArray<ReplicaFacts>, { at }: StoreConfig): ReadonlyArray<Finding> =>
  all.flatMap(({ name, of, facts }) =>
    facts !== undefined || at._tag === "Server"
      ? []
      : [
          {
            problem: `${name}, replica of ${of}: it does not answer the gateway`,
            remedy: "let the gateway reach every replica with the user and password of the store: it may be promoted",
            server: of
          }
        ]
  )

const refusal: StoreRefusal = { code: "store_not_as_declared" }

/** Makes a check of every primary and every replica, since a replica may be promoted at any time. */
const ofServers = (name: CheckName, judge: Judge): StoreCheck => ({
  name,
  inLocal: never,
  refusal,
  find: (facts, store) => [...ofPrimaries(facts.servers, store, judge), ...ofReplicas(facts.replicas, store, judge)]
})

/** Checks the memory in use. Only turns readiness red. The boot checks the plan instead (`retention-checks.ts`). */
export const memoryInUse: StoreCheck = {
  name: "store.memory",
  inLocal: always,
  find: ({ servers }, store) => ofPrimaries(servers, store, memory)
}

/** Requirements of `docs/guide/run-in-staging.md` that each server must meet by itself. */
export const serverCheckList: ReadonlyArray<StoreCheck> = [
  ofServers("store.version", version),
  {
    name: "store.primary",
    inLocal: always,
    refusal,
    find: ({ servers }, store) => ofPrimaries(servers, store, writable)
  },
  { ...ofServers("store.eviction", eviction), inLocal: always },
  {
    ...ofServers("store.durability", durability),
    note: ({ servers }, { declared }) =>
      declared !== undefined && servers.some(({ appendFsync }) => appendFsync === undefined)
        ? `appendfsync ${declared.appendfsync} is declared: the store does not let it be read`
        : undefined
  },
  {
    name: "store.replicas",
    inLocal: (store) => store.replicas !== undefined,
    refusal,
    find: (facts, store) => [...ofPrimaries(facts.servers, store, replicas), ...unasked(facts.replicas, store)]
  },
  {
    name: "store.clock",
    inLocal: never,
    refusal,
    find: (facts, store) => [
      ...ofPrimaries(facts.servers, store, clock),
      ...ofReplicas(facts.replicas, store, clock),
      ...apart(facts.servers)
    ]
  }
]
