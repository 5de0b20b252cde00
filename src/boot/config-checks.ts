import type { Config } from "../config/config.ts"
import type { BootCheck } from "../log/line.ts"
import { failed, ok } from "./report.ts"

/** What the configuration asks for and this release cannot do: refused, never ignored. */
export const configChecks = (config: Config): ReadonlyArray<BootCheck> => [
  config.environment === "local"
    ? ok("environment")
    : failed(
        "environment",
        `${config.environment} needs boot checks that this release does not have`,
        "set environment: local, on a machine of your own; staging and production come with a later release"
      ),
  ...unavailable(config).map(({ path, instead }) => failed(`config:${path}`, "not available in this release", instead))
]

const unavailable = (config: Config): ReadonlyArray<{ readonly path: string; readonly instead: string }> => [
  ...(config.secrets === undefined || config.secrets.from === "files"
    ? []
    : [{ path: "secrets.from", instead: "use secrets: { from: files, directory: … }" }]),
  ...(config.runtime?._tag === "Pull" ? [{ path: "runtime.pull", instead: "use runtime.push" }] : []),
  ...(config.telemetry === undefined
    ? []
    : [{ path: "telemetry", instead: "leave it out; /metrics serves Prometheus" }]),
  ...(config.readiness === undefined ? [] : [{ path: "readiness", instead: "leave it out outside production" }]),
  ...Object.entries(config.connectors).flatMap(([id, { from }]) =>
    from === undefined ? [] : [{ path: `connectors.${id}.from`, instead: "use a connector that is built in" }]
  )
]
