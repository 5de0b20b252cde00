import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { FlushKeys, Recorder } from "../../gate/evidence/recorder.ts"
import type { PolicyRow } from "../../gate/policy/policy.ts"
import type { BootFindings } from "./boot-facts.ts"
import type { EvidenceScopes } from "./scopes.ts"

/** Services and names that a process records with. */
export interface ActiveRecording {
  readonly recorder: Recorder["Service"]
  /** Returns the present keys of the recorder. */
  readonly keys: Effect.Effect<FlushKeys>
  /** Scopes of the code and the configuration that run. */
  readonly scopes: EvidenceScopes
  readonly rows: ReadonlyArray<PolicyRow>
  readonly environment: "local" | "staging"
  /** Id of this process in evidence of its boot. */
  readonly boot: string
  /** Returns the keyed hash of an account; `undefined` for one that is not configured. */
  readonly accountHash: (connector: string, account: string) => string | undefined
  /** Returns true when the configured connector leads to the provider itself. */
  readonly isGenuine: (connector: string) => boolean
  /** Notes what the boot, or a check, has found. */
  readonly noteBoot: (findings: BootFindings) => void
  /** Writes what was noted now, without waiting for the next turn. */
  readonly flush: Effect.Effect<void>
}

/** Recording of this process; `undefined` where nothing is recorded: in production, and in staging without a recorder. */
export const Recording = Context.Reference<ActiveRecording | undefined>("comporta/readiness/Recording", {
  defaultValue: () => undefined
})
