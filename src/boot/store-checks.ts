import type { InfraError } from "../domain/failure.ts"
import type { BootCheck } from "../log/line.ts"
import type { StampRefused } from "../partition/deployment.ts"
import type { SecretUnavailable } from "../secrets/secret-store.ts"
import type { BadAuthority } from "../secrets/bad-authority.ts"
import type { BadSecret } from "../secrets/bad-secret.ts"
import { blocked, certificateRemedy, failed, ok } from "./report.ts"

/** Nobody answers, who answers refuses us, or who answers is not who it should be. */
export const unreachable = (error: InfraError): BootCheck =>
  failed(
    "store.reachable",
    error.message,
    error.code === "store_tls"
      ? certificateRemedy
      : "start Redis (or Valkey) 7 or newer and check store.url, rediss:// where it speaks TLS, and store.password"
  )

/** A secret that is missing was told by its own check; the store then merely waits for it. */
export const storeProblem = (
  error: InfraError | StampRefused | SecretUnavailable | BadSecret | BadAuthority
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
      return [ok("store.reachable"), failed("store.stamp", error.problem, error.remedy)]
    case "InfraError":
      return [unreachable(error), blocked("store.stamp", "store.reachable")]
  }
}

export const badSecret = (error: SecretUnavailable | BadSecret | BadAuthority): BootCheck => {
  if (error._tag !== "BadAuthority") return failed(`secret:${error.ref}`, error.reason, error.remedy)
  const problem = `${error.caFile}: ${error.reason}`
  return error.of === "store"
    ? failed("store.authority", problem, error.remedy)
    : failed("runtime.push", problem, error.remedy)
}
