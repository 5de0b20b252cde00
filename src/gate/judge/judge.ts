import type { PolicyRow } from "../policy/policy.ts"
import { exitCodeOf, type GateVerdict, type VerdictRow, wholeState } from "../verdict.ts"
import type { Sha256 } from "../words.ts"
import { judgeRow } from "./row.ts"
import type { RecordedEvidence, Situation } from "./situation.ts"

/** The rows that are judged, with the policy that they are of. */
export interface GateInput {
  readonly policy: { readonly version: number; readonly digest: Sha256 }
  readonly rows: ReadonlyArray<PolicyRow>
  readonly situation: Situation
  readonly recorded: ReadonlyArray<RecordedEvidence>
}

/** Returns the verdict on a release. It is a pure function: the same evidence in any order gives the same verdict. */
export const judgeRelease = ({ policy, rows, situation, recorded }: GateInput): GateVerdict => {
  const verdicts: Array<VerdictRow> = []
  for (const row of rows) verdicts.push(judgeRow({ row, rows, situation, recorded, before: verdicts }))
  const rehearsal = situation.environment === "local"
  const state = wholeState(verdicts, rehearsal)
  return {
    environment: situation.environment,
    deployment: situation.deployment.id,
    release: situation.release,
    policy,
    at: situation.now,
    rehearsal,
    rows: verdicts,
    state,
    exitCode: exitCodeOf(state, rehearsal)
  }
}
