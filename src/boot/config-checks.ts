import type { Config } from "../config/config.ts"
import type { BootCheck } from "../log/line.ts"
import { failed, ok } from "./report.ts"

/** Returns the checks of the configuration. A setting that this release does not support fails, and is never ignored. */
export const configChecks = (config: Config): ReadonlyArray<BootCheck> => [
  ok("environment"),
  ...(config.environment === "production" ? [unready] : []),
  ...unavailable(config).map(({ path, instead }) => failed(`config:${path}`, "not available in this release", instead))
]

/** Fails in production: it starts only with a certificate, which this release can neither make nor read. */
const unready = failed(
  "readiness",
  "production needs a certificate that says GO, and this release knows none",
  "set environment: staging; certificates come with a later release"
)

type UnavailableKey = "runtime.pull" | "telemetry" | "readiness" | `connectors.${string}.from`

const unavailable = (config: Config): ReadonlyArray<{ readonly path: UnavailableKey; readonly instead: string }> => [
  ...(config.runtime?._tag === "Pull" ? [{ path: "runtime.pull" as const, instead: "use runtime.push" }] : []),
  ...(config.telemetry === undefined
    ? []
    : [{ path: "telemetry" as const, instead: "leave it out; /metrics serves Prometheus" }]),
  ...(config.readiness === undefined
    ? []
    : [{ path: "readiness" as const, instead: "leave it out outside production" }]),
  ...Object.entries(config.connectors).flatMap(([id, { from }]) =>
    from === undefined ? [] : [{ path: `connectors.${id}.from` as const, instead: "use a connector that is built in" }]
  )
]
