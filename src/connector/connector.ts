import type * as Duration from "effect/Duration"
import type * as Result from "effect/Result"
import type { Issue } from "../domain/failure.ts"
import type { Capability } from "./capability.ts"
import type { RawConnector, Definition } from "./definition.ts"
import { type Unbound, configure } from "./configure.ts"
import type { ErrorTable } from "./error-table.ts"
import type { Simulate } from "./simulator.ts"

/** The version of this contract; a connector of another one is not loaded. */
export const contractVersion = 1

/** A connector with its settings' types closed over. */
export interface Connector {
  readonly contract: typeof contractVersion
  readonly id: string
  readonly version: string
  readonly retryHorizon: Duration.Duration
  readonly errors: ErrorTable
  readonly capabilities: ReadonlyArray<
    Pick<Capability<never, never>, "id" | "protection" | "recipient" | "inputSchema" | "proof">
  >
  readonly simulator?: () => Promise<Simulate>
  /** Checks what the operator wrote about it; answers every mistake, with its path below `connectors.<id>`. */
  readonly configure: (raw: RawConnector) => Result.Result<Unbound, ReadonlyArray<Issue>>
}

export const connector = <Settings, Account>(definition: Definition<Settings, Account>): Connector => ({
  contract: contractVersion,
  id: definition.id,
  version: definition.version,
  retryHorizon: definition.retryHorizon,
  errors: definition.errors,
  capabilities: definition.capabilities,
  ...(definition.simulator === undefined ? {} : { simulator: definition.simulator }),
  configure: (raw) => configure(definition, raw)
})
