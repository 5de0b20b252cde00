import type { StoreConfig } from "../config/config.ts"
import type { BootCheck } from "../log/line.ts"
import { failed, ok } from "./report.ts"
import type { ServerFacts } from "./store-admin.ts"

type Verdict = { readonly problem: string; readonly remedy: string } | undefined
type Judge = (server: ServerFacts, store: StoreConfig) => Verdict

/** Milliseconds that the store's clock and ours may be apart: well under the 5 s that a claim has to begin (G16). */
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
    ? { problem: "it does not say what it evicts", remedy: "let this user read INFO memory" }
    : { problem: `it evicts (${policy})`, remedy: "set maxmemory-policy noeviction" }
}

const durability: Judge = ({ appendOnly, appendFsync, appendOk }, { durability: declared }) => {
  const wanted = declared === "host" ? "always" : "everysec"
  if (appendOnly === undefined || (appendOnly && appendFsync === undefined)) {
    return {
      problem: "it does not say how it persists",
      remedy: "let this user run CONFIG GET and INFO persistence: what is not known does not count as durable"
    }
  }
  if (!appendOnly)
    return { problem: "it keeps no append-only file", remedy: `set appendonly yes, appendfsync ${wanted}` }
  if (appendFsync !== "always" && appendFsync !== wanted) {
    return {
      problem: `it writes to disk with appendfsync ${appendFsync}, and durability ${declared} is declared`,
      remedy: `set appendfsync ${wanted}${declared === "host" ? ", or declare store.durability: process and know what a dead host then costs" : ""}`
    }
  }
  return appendOk === false
    ? { problem: "its append-only file could not be written", remedy: "free its disk, and look at its log" }
    : undefined
}

const replicas: Judge = ({ replicas: connected }, { at, replicas: wanted = 0 }) => {
  if (connected < wanted) {
    return {
      problem: `${connected} of its replicas are in step, and ${wanted} must acknowledge`,
      remedy: "start the others, or set store.replicas to how many there are"
    }
  }
  return connected > wanted && (wanted > 0 || at._tag !== "Server")
    ? {
        problem: `${connected} replicas can be promoted, and only ${wanted} must acknowledge`,
        remedy: "set store.replicas to their number: a promoted one may not have seen a claim"
      }
    : undefined
}

const writable: Judge = ({ role }) =>
  role === "master"
    ? undefined
    : { problem: `it is a ${role}, not a primary`, remedy: "point store.url at the primary, or use store.sentinel" }

const clock: Judge = ({ ahead }) =>
  Math.abs(ahead) <= clockTolerance
    ? undefined
    : {
        problem: `its clock is ${Math.abs(ahead)} ms ${ahead > 0 ? "ahead of" : "behind"} ours`,
        remedy: "keep the clocks of both hosts by NTP"
      }

const judges: ReadonlyArray<readonly [name: string, judge: Judge]> = [
  ["store.version", version],
  ["store.primary", writable],
  ["store.eviction", eviction],
  ["store.durability", durability],
  ["store.replicas", replicas],
  ["store.clock", clock]
]

/** The names of the checks of {@link serverChecks}. */
export const serverCheckNames = judges.map(([name]) => name)

/** What the store promises (DESIGN §6), asked of every primary: a check each, of the first that does not. */
export const serverChecks = (servers: ReadonlyArray<ServerFacts>, store: StoreConfig): ReadonlyArray<BootCheck> =>
  judges.map(([name, judge]) => {
    for (const server of servers) {
      const verdict = judge(server, store)
      if (verdict !== undefined) return failed(name, `${server.name}: ${verdict.problem}`, verdict.remedy)
    }
    return ok(name)
  })
