import type { InfraError } from "../domain/failure.ts"
import type { BootCheck } from "../log/line.ts"
import type { BadAuthority } from "../inbound/runtime.ts"
import type { StampRefused } from "../partition/deployment.ts"
import type { SecretUnavailable } from "../secrets/secret-store.ts"
import type { BadSecret } from "../secrets/bad-secret.ts"
import { blocked, failed, ok } from "./report.ts"

/** A secret that is missing was told by its own check; the store then merely waits for it. */
export const storeProblem = (
  error: InfraError | StampRefused | SecretUnavailable | BadSecret
): ReadonlyArray<BootCheck> => {
  switch (error._tag) {
    case "SecretUnavailable":
      return [blocked("store.reachable", `secret:${error.ref}`), blocked("store.stamp", "store.reachable")]
    case "BadSecret":
      return [badSecret(error), blocked("store.reachable", `secret:${error.ref}`)]
    case "StampRefused":
      return [ok("store.reachable"), failed("store.stamp", error.problem, error.remedy)]
    case "InfraError":
      return [
        failed(
          "store.reachable",
          error.message,
          "start Redis (or Valkey) 7 or newer and check store.url and store.password"
        ),
        blocked("store.stamp", "store.reachable")
      ]
  }
}

export const badSecret = (error: SecretUnavailable | BadSecret | BadAuthority): BootCheck =>
  error._tag === "BadAuthority"
    ? failed("runtime.push", `${error.caFile}: ${error.reason}`, error.remedy)
    : failed(`secret:${error.ref}`, error.reason, error.remedy)
