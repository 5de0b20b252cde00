import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Environment, StoreConfig } from "../config/config.ts"
import type { InfraError } from "../domain/failure.ts"
import type { BootCheck } from "../log/line.ts"
import type { BadAuthority, SecretUnavailable } from "../secrets/secret-store.ts"
import { defaultPartitions, type StampRefused } from "../deployment/deployment.ts"
import { memoryCheck, retentionCheck, type Horizon } from "./retention-checks.ts"
import { bootChecks, commandsCheck, judgeStore, storeReport } from "./store-registry.ts"
import { blocked, failed, isOk, ok } from "./report.ts"
import type { StampFacts, StoreAdmin } from "./store-services.ts"
import { badSecret, unreachable } from "./store-check.ts"
import type { StoreFacts, ServerFacts } from "./store-facts.ts"
import { serverCheckList } from "./server-checks.ts"
import { checksBehind } from "./check-registry.ts"

/** Declarations of the operator about the store, and the connectors whose redeliveries it must recognise. */
export interface Declared {
  readonly environment: Environment
  readonly store: StoreConfig
  readonly connectors: ReadonlyArray<Horizon>
}

const reachable = "store.reachable"
const behind = checksBehind(reachable)

const unheard = (why: InfraError | SecretUnavailable | BadAuthority): ReadonlyArray<BootCheck> => {
  if (why._tag === "InfraError") return [unreachable(why)]
  return why._tag === "BadAuthority"
    ? [badSecret(why), blocked(reachable, "store.authority")]
    : [blocked(reachable, `secret:${why.ref}`)]
}

/**
 * Returns the checks when the store cannot be reached: it failed, or a secret or a certificate authority is missing. Makes the
 * checks that do not need the store.
 */
export const serverUnreachable = (
  { store, connectors }: Declared,
  why: InfraError | SecretUnavailable | BadAuthority
): ReadonlyArray<BootCheck> => [
  ...unheard(why),
  ...behind.map((name) => blocked(name, reachable)),
  retentionCheck(store, connectors)
]

/** Returns the checks when the user lacks a permission. The facts that servers report about themselves are still checked. */
const forbidden = (
  { environment, store, connectors }: Declared,
  servers: ReadonlyArray<ServerFacts>
): ReadonlyArray<BootCheck> => {
  const facts: StoreFacts = { servers, replicas: [], partitions: [], unseen: [] }
  const says = servers.every(({ forbidden: not }) => not?.commands.every((name) => !["info", "time"].includes(name)))
  const judged = storeReport(judgeStore([commandsCheck, ...(says ? serverCheckList : [])], facts, store, environment))
  const made = new Set<string>(judged.map(({ name }) => name))
  const waiting = behind.filter((name) => !made.has(name)).map((name) => blocked(name, commandsCheck.name))
  return [ok(reachable), ...judged, ...waiting, retentionCheck(store, connectors)]
}

type Stamped = Result.Result<StampFacts | undefined, InfraError | StampRefused>

const stampCheck = (found: Stamped): BootCheck => {
  if (Result.isFailure(found)) {
    const { failure } = found
    return failure._tag === "StampRefused"
      ? failed("store.stamp", "refused", failure.problem, failure.remedy)
      : failed("store.stamp", "unreachable", failure.message, "check the store's log")
  }
  return found.success === undefined
    ? failed("store.stamp", "absent", "the store carries no stamp", "run `comporta store init` once")
    : ok("store.stamp")
}

/** Reads all facts of the store. Without a stamp it reads no partitions, and the check of the stamp fails. */
const readFacts = Effect.fnUntraced(function* (
  admin: StoreAdmin["Service"],
  servers: ReadonlyArray<ServerFacts>,
  stamp: Stamped
) {
  const count = Result.isSuccess(stamp) ? (stamp.success?.partitions ?? 0) : 0
  const facts: StoreFacts = {
    servers,
    replicas: yield* admin.replicas,
    partitions: yield* admin.partitions(count),
    unseen: []
  }
  return facts
})

/** Checks the pepper. With another one every id would differ, so that every known event would count as new (G14). */
const pepperCheck = Effect.fnUntraced(function* (
  { isPepper }: StoreAdmin["Service"],
  stamped: boolean,
  fingerprint?: string
) {
  if (!stamped) return blocked("store.pepper", "store.stamp")
  if (fingerprint === undefined) return blocked("store.pepper", "store.pepper as a secret")
  const known = yield* Effect.result(isPepper(fingerprint))
  if (Result.isFailure(known))
    return failed("store.pepper", "unreachable", known.failure.message, "check the store's log")
  return known.success
    ? ok("store.pepper")
    : failed(
        "store.pepper",
        "unfit",
        "the store was used with another pepper",
        "restore the secret of store.pepper: it never rotates"
      )
})

const writeCheck = Effect.fnUntraced(function* ({ write, stamp }: StoreAdmin["Service"]) {
  const partitions = yield* stamp.pipe(
    Effect.map((found) => found?.partitions ?? defaultPartitions),
    Effect.orElseSucceed(() => defaultPartitions)
  )
  const written = yield* Effect.result(write(partitions))
  if (Result.isSuccess(written)) return ok("store.writable")
  const { code, message } = written.failure
  return failed(
    "store.writable",
    "refused",
    message,
    code === "store_not_replicated"
      ? "its replicas did not acknowledge a write: check them, and store.replicas"
      : "free its memory and disk, and let this user write"
  )
})

/** Checks every requirement that the store must meet (`docs/guide/run-in-staging.md`). */
export const storeChecks = Effect.fnUntraced(function* (
  declared: Declared,
  admin: StoreAdmin["Service"],
  fingerprint?: string
) {
  const { environment, store, connectors } = declared
  const servers = yield* Effect.result(admin.servers)
  if (Result.isFailure(servers)) return serverUnreachable(declared, servers.failure)
  const seen: StoreFacts = { servers: servers.success, replicas: [], partitions: [], unseen: [] }
  if (commandsCheck.find(seen, store).length > 0) return forbidden(declared, servers.success)
  const found = yield* Effect.result(admin.stamp)
  const facts = yield* Effect.result(readFacts(admin, servers.success, found))
  if (Result.isFailure(facts)) return serverUnreachable(declared, facts.failure)
  const stamp = stampCheck(found)
  return [
    ok(reachable),
    ...storeReport(judgeStore(bootChecks, facts.success, store, environment)),
    memoryCheck(servers.success, store),
    stamp,
    yield* pepperCheck(admin, isOk(stamp), fingerprint),
    yield* writeCheck(admin),
    retentionCheck(store, connectors)
  ]
})
