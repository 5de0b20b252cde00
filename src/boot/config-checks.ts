import type { Config } from "../config/config.ts"
import type { BootCheck } from "../log/line.ts"
import { failed, ok } from "./report.ts"

/** What the configuration asks for and this release cannot do: refused, never ignored. */
export const configChecks = (config: Config): ReadonlyArray<BootCheck> => [
  ok("environment"),
  ...(config.environment === "production" ? [unready] : []),
  ...unavailable(config).map(({ path, instead }) => failed(`config:${path}`, "not available in this release", instead))
]

/** Production starts with a certificate alone, and this release can neither make one nor read it. */
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
