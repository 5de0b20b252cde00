import type { StoreConfig } from "../config/config.ts"
import type { StampRefused } from "../deployment/deployment.ts"
import type { InfraError } from "../domain/failure.ts"
import type { BootCheck, CheckCode } from "../log/line.ts"
import type { BadAuthority, BadSecret, SecretUnavailable } from "../secrets/secret-store.ts"
import type { DataKeysGone } from "../secrets/sealer.ts"
import type { CheckName } from "./check-registry.ts"
import { blocked, certificateRemedy, failed, ok } from "./report.ts"
import type { StoreFacts } from "./store-facts.ts"

/** Problem of the 503 that refuses claims and admissions while a check of the store fails. */
export interface StoreRefusal {
  readonly code: "store_not_as_declared" | "store_unstamped" | "store_went_back" | "store_damaged"
}

/** One reason why a check fails. */
export interface Finding {
  readonly problem: string
  readonly remedy: string
  /** Primary that it concerns. Absent when it concerns the whole store. */
  readonly server?: string
  /** Partitions that it concerns. Absent when it concerns the whole server. */
  readonly partitions?: ReadonlyArray<number>
}

/** Check of a promise of the store. Boot and watch make the same checks; to add one, add it to the registry. */
export interface StoreCheck {
  readonly name: CheckName
  /** Returns true when `local` makes the check too. */
  readonly inLocal: (store: StoreConfig) => boolean
  /** Absent when a failure only turns readiness red, because the commands fail by themselves. */
  readonly refusal?: StoreRefusal
  readonly find: (facts: StoreFacts, store: StoreConfig) => ReadonlyArray<Finding>
  /** Returns the note that the report shows beside a check that passes. */
  readonly note?: (facts: StoreFacts, store: StoreConfig) => string | undefined
}

export const always = () => true
export const never = () => false

/** Returns the check for the report: its first finding, and the number of others. */
export const toldAs = (
  { name }: Pick<StoreCheck, "name">,
  [first, ...more]: ReadonlyArray<Finding>,
  note?: string
): BootCheck => {
  if (first === undefined) return note === undefined ? ok(name) : { ...ok(name), problem: note }
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`
  return failed(name, name === "store.reachable" ? "unreachable" : "unmet", `${first.problem}${others}`, first.remedy)
}

/** Remedy for each failure of a connection, by the code of its error. */
const remedies: Readonly<Record<string, string>> = {
  store_tls: certificateRemedy,
  store_login:
    "the server refuses the login: check store.username and the secret of store.password, and that the user is on (ACL GETUSER); without store.username the user is `default`",
  store_unresolved: "the host name cannot be resolved: check the name in store, and the resolver of this machine",
  store_closed:
    "the server closed the connection: check whether it has too many clients (INFO clients, maxclients), whether it takes connections from this machine (protected-mode, a firewall), and whether it speaks TLS (rediss://)",
  store_announced:
    "a node of the cluster announced this address and nothing answers there: set cluster-announce-ip and cluster-announce-port on the nodes, or map the address in store.cluster.natMap"
}

/** Codes of the failures in which a server of the store answered. */
const unreachedCodes: Readonly<Record<string, CheckCode>> = { store_tls: "untrusted", store_login: "refused" }

/** Reports that the store cannot be reached, with a remedy for the reason. */
export const unreachable = (error: InfraError): BootCheck =>
  failed(
    "store.reachable",
    unreachedCodes[error.code] ?? "unreachable",
    error.message,
    remedies[error.code] ??
      "start Redis (or Valkey) 7 or newer and check store.url, rediss:// where it speaks TLS, and store.password"
  )

const keysRemedy = "restore the key `comporta:{p0}:keys` from a backup: without it no stored content can be opened"

/** Returns the checks for an error of the store. A missing secret only blocks them, since its own check reports it. */
export const storeProblem = (
  error: InfraError | StampRefused | SecretUnavailable | BadSecret | BadAuthority | DataKeysGone
): ReadonlyArray<BootCheck> => {
  switch (error._tag) {
    case "SecretUnavailable":
      return [blocked("store.reachable", `secret:${error.ref}`), blocked("store.stamp", "store.reachable")]
    case "BadSecret":
      return [badSecret(error), blocked("store.reachable", `secret:${error.ref}`)]
    case "BadAuthority":
      return [
        badSecret(error),
        blocked("store.reachable", "store.authority"),
        blocked("store.stamp", "store.reachable")
      ]
    case "StampRefused":
      return [ok("store.reachable"), failed("store.stamp", "refused", error.problem, error.remedy)]
    case "DataKeysGone":
      return [ok("store.reachable"), ok("store.stamp"), failed("store.keys", "absent", error.message, keysRemedy)]
    case "InfraError":
      return [unreachable(error), blocked("store.stamp", "store.reachable")]
  }
}

/** Returns the code of a secret that is missing, cannot be read, or cannot be used. */
export const secretCode = (error: SecretUnavailable | BadSecret): CheckCode => {
  if (error._tag === "BadSecret") return "unfit"
  return error.absent === true ? "absent" : "unreadable"
}

/** Returns the failed check of a secret, or of a file with certificate authorities. */
export const badSecret = (error: SecretUnavailable | BadSecret | BadAuthority): BootCheck => {
  if (error._tag !== "BadAuthority") return failed(`secret:${error.ref}`, secretCode(error), error.reason, error.remedy)
  const problem = `${error.caFile}: ${error.reason}`
  return error.of === "store"
    ? failed("store.authority", "unreadable", problem, error.remedy)
    : failed("runtime.push", "unreadable", problem, error.remedy)
}
