import * as Result from "effect/Result"
import type { Config } from "../config/config.ts"
import type { Unbound } from "../connector/configure.ts"
import type { Connector } from "../connector/connector.ts"
import type { BootCheck } from "../log/line.ts"
import { failed, ok } from "./report.ts"
import type { CheckName } from "./check-registry.ts"

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
      return { checks: [failed(name, `no such connector`, `known here: ${[...known.keys()].join(", ")}`)], unbound: [] }
    }
    return Result.match(connector.configure(raw), {
      onSuccess: (unbound) => ({ checks: [ok(name)], unbound: [[id, unbound] as const] }),
      onFailure: (issues) => ({
        checks: issues.map(({ path, message }) =>
          failed(name, `${place(["connectors", id, ...path])}: ${message}`, "correct the file")
        ),
        unbound: []
      })
    })
  })
  return { checks: results.flatMap(({ checks }) => checks), unbound: results.flatMap(({ unbound }) => unbound) }
}

/** Checks that production calls the provider itself. Elsewhere the report names a stand-in, which proves nothing (G40). */
export const genuineChecks = (environment: Config["environment"], { unbound }: Configured): ReadonlyArray<BootCheck> =>
  unbound.map(([id, { genuine }]) => {
    const name: CheckName = `genuine:${id}`
    if (genuine) return ok(name)
    return environment === "production"
      ? failed(name, "graph.baseUrl is not the provider's own host", "leave graph.baseUrl out in production")
      : { ...ok(name), problem: "graph.baseUrl is a stand-in: nothing counts as genuine" }
  })
