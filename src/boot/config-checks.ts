import * as Result from "effect/Result"
import type { Config } from "../config/config.ts"
import { runtimeTransport } from "../config/rules.ts"
import type { Unbound } from "../connector/configure.ts"
import type { Connector } from "../connector/connector.ts"
import type { BootCheck } from "../log/line.ts"
import type { CheckName } from "./check-registry.ts"
import { failed, ok } from "./report.ts"

/** Returns the checks of the configuration. A setting that this release does not support fails, and is never ignored. */
export const configChecks = (config: Config): ReadonlyArray<BootCheck> => [
  ok("environment"),
  managementCheck(config),
  ...recorderCheck(config),
  ...unavailable(config).map(({ path, instead }) =>
    failed(`config:${path}`, "unsupported", "not available in this release", instead)
  )
]

/** Reports in staging whether evidence is recorded. */
const recorderCheck = ({ environment, readiness }: Config): ReadonlyArray<BootCheck> => {
  if (environment !== "staging") return []
  const problem = "no evidence is recorded, so nothing here counts for production: set readiness.recorder"
  return [{ ...ok("readiness.recorder"), ...(readiness?.recorder === undefined ? { problem } : {}) }]
}

/** Reports whether the API has an address of its own. Warns outside `local` if callers of webhooks reach it too. */
const managementCheck = ({ environment, server: { port, management } }: Config): BootCheck => {
  const name = "server.management"
  if (management !== undefined) {
    return { ...ok(name), problem: `API, metrics and documentation: port ${management.port}; webhooks: port ${port}` }
  }
  return environment === "local"
    ? ok(name)
    : {
        ...ok(name),
        problem: `API, metrics and documentation share port ${port} with webhooks: set server.management to keep them from the internet`
      }
}

/** Fails in production, before any other check: this release can neither make nor read the certificate that it needs. */
export const unready = failed(
  "readiness",
  "uncertified",
  "this is production, which needs a certificate that says GO, and this release knows none",
  "write environment: staging into the file, since a file without it means production, and do not set COMPORTA_ENV to production; certificates come with a later release"
)

type UnavailableKey = "runtime.pull" | "telemetry" | `connectors.${string}.from`

const unavailable = (config: Config): ReadonlyArray<{ readonly path: UnavailableKey; readonly instead: string }> => [
  ...(config.runtime?._tag === "Pull" ? [{ path: "runtime.pull" as const, instead: "use runtime.push" }] : []),
  ...(config.telemetry === undefined
    ? []
    : [{ path: "telemetry" as const, instead: "leave it out; /metrics serves Prometheus" }]),
  ...Object.entries(config.connectors).flatMap(([id, { from }]) =>
    from === undefined ? [] : [{ path: `connectors.${id}.from` as const, instead: "use a connector that is built in" }]
  )
]

const nameOfStore = ({ store }: Config) => {
  switch (store.at._tag) {
    case "Memory":
      return "memory"
    case "Server":
      return "redis"
    case "Sentinel":
      return "redis, sentinel"
    case "Cluster":
      return "redis, cluster"
  }
}

/** Returns the name of the implementation of each service. */
export const implementationsOf = (config: Config, secretStore: string): Readonly<Record<string, string>> => ({
  store: nameOfStore(config),
  secrets: secretStore,
  runtime: config.runtime?._tag.toLowerCase() ?? "none",
  ...(config.runtime?._tag === "Push" ? { transport: runtimeTransport(config.runtime) } : {}),
  durability: config.store.durability
})

/** Reports the implementation of each service. Fails when one of `local` is used outside it (I5). */
export const implementationCheck = (config: Config, secretStore: string): BootCheck => {
  const used = implementationsOf(config, secretStore)
  const said = Object.entries(used)
    .map(([service, name]) => `${service}: ${name}`)
    .join("; ")
  const local = Object.values(used).filter((name) => name === "memory" || name === "local")
  return config.environment !== "local" && local.length > 0
    ? failed(
        "implementations",
        "local",
        said,
        "configure another store and secrets.from: outside local, no service may keep its data in memory"
      )
    : { ...ok("implementations"), problem: said }
}

/** Connectors that the file configures, and their checks. */
export interface Configured {
  readonly unbound: ReadonlyArray<readonly [id: string, unbound: Unbound]>
  readonly checks: ReadonlyArray<BootCheck>
}

/** Checks every connector of the file against its own schemas. `place` returns the position of a path in the file. */
export const configureAll = (
  config: Config,
  connectors: ReadonlyArray<Connector>,
  place: (path: ReadonlyArray<string>) => string
): Configured => {
  const known = new Map(connectors.map((connector) => [connector.id, connector]))
  const results = Object.entries(config.connectors).map(([id, raw]) => {
    const name: CheckName = `connector:${id}`
    const connector = known.get(id)
    if (connector === undefined) {
      return {
        checks: [
          failed(name, "absent", "this connector does not exist", `use one of: ${[...known.keys()].join(", ")}`)
        ],
        unbound: []
      }
    }
    return Result.match(connector.configure(raw), {
      onSuccess: (unbound) => ({ checks: [ok(name)], unbound: [[id, unbound] as const] }),
      onFailure: (issues) => ({
        checks: issues.map(({ path, message }) =>
          failed(name, "invalid", `${place(["connectors", id, ...path])}: ${message}`, "correct the file")
        ),
        unbound: []
      })
    })
  })
  return { checks: results.flatMap(({ checks }) => checks), unbound: results.flatMap(({ unbound }) => unbound) }
}

/** Says to whom a genuine connector sends in staging. */
const peopleOf = ({ environment, staging }: Config, id: string): Pick<BootCheck, "problem"> => {
  if (environment !== "staging") return {}
  const people = staging.people[id]?.length ?? 0
  return people === 0
    ? { problem: `staging.people.${id} names no test person: every capability with a recipient is refused` }
    : { problem: `it sends to the ${people} test people of staging.people.${id} alone` }
}

/**
 * Checks that production calls the provider itself. Elsewhere the report names a stand-in, which proves nothing (G40). In
 * staging it also says to whom a genuine connector sends.
 */
export const genuineChecks = (config: Config, { unbound }: Configured): ReadonlyArray<BootCheck> =>
  unbound.map(([id, { genuine }]) => {
    const { environment } = config
    const name: CheckName = `genuine:${id}`
    if (genuine) return { ...ok(name), ...peopleOf(config, id) }
    return environment === "production"
      ? failed(
          name,
          "substitute",
          "graph.baseUrl is not the provider's own host",
          "leave graph.baseUrl out in production"
        )
      : { ...ok(name), problem: "graph.baseUrl is a substitute for the provider: no message is genuine" }
  })
