import type * as Duration from "effect/Duration"
import type * as Result from "effect/Result"
import type { Issue } from "../domain/failure.ts"
import type { Capability } from "./capability.ts"
import type { InboundConfirmation, RefusedInput } from "./confirm-inbound.ts"
import type { RawConnector, Definition } from "./definition.ts"
import { type Unbound, configure } from "./configure.ts"
import type { ErrorTable } from "./error-table.ts"
import type { Simulate } from "./simulator.ts"

/** Version of this contract. The gateway does not load a connector of another version. */
export const contractVersion = 1

/** A connector with the types of its settings closed over. */
export interface Connector {
  readonly contract: typeof contractVersion
  readonly id: string
  readonly version: string
  readonly retryHorizon: Duration.Duration
  readonly errors: ErrorTable
  readonly capabilities: ReadonlyArray<
    Pick<Capability<never, never>, "id" | "protection" | "recipient" | "inputSchema" | "proof" | "acknowledged">
  >
  /** Directions in which the gateway streams media. */
  readonly media: ReadonlyArray<"up" | "down">
  /** Way in which it confirms that the provider knows an inbound event. */
  readonly confirmInbound?: InboundConfirmation<never, never>["by"]
  readonly refusedInput?: RefusedInput
  readonly simulator?: () => Promise<Simulate>
  /** Checks the operator's settings. Returns every mistake with its path below `connectors.<id>`. */
  readonly configure: (raw: RawConnector) => Result.Result<Unbound, ReadonlyArray<Issue>>
}

export const connector = <Settings, Account>(definition: Definition<Settings, Account>): Connector => ({
  contract: contractVersion,
  id: definition.id,
  version: definition.version,
  retryHorizon: definition.retryHorizon,
  errors: definition.errors,
  capabilities: definition.capabilities,
  media: definition.media === undefined ? [] : ["up", "down"],
  ...(definition.confirmInbound === undefined ? {} : { confirmInbound: definition.confirmInbound.by }),
  ...(definition.refusedInput === undefined ? {} : { refusedInput: definition.refusedInput }),
  ...(definition.simulator === undefined ? {} : { simulator: definition.simulator }),
  configure: (raw) => configure(definition, raw)
})
