import * as Schema from "effect/Schema"
import { Cause, GateState, Millis, Sha256, Text } from "./words.ts"

/** Verdict on one row of the policy. */
export const VerdictRow = Schema.Struct({
  row: Schema.String,
  /** Text of the item, in the words of the checklist. */
  text: Text,
  state: GateState,
  cause: Schema.optionalKey(Cause),
  /** One sentence that says what was found, or what is not there. */
  said: Text,
  /** Digests of the records that the verdict rests on. */
  evidence: Schema.Array(Sha256),
  /** Time of the record that expires first. */
  at: Schema.optionalKey(Millis),
  /** Time until which a GO holds, or until which the provider's part is awaited. */
  until: Schema.optionalKey(Millis),
  /** The one command or act that clears it; absent where the row is GO. */
  clears: Schema.optionalKey(Text),
  /** True when time alone may clear it. */
  alone: Schema.optionalKey(Schema.Boolean),
  /** Number of runs of the drill that proved it. */
  runs: Schema.optionalKey(Schema.Int),
  rehearsal: Schema.Boolean
})
export type VerdictRow = typeof VerdictRow.Type

/** Exit code of a verdict: 0 go, 1 no-go, 3 unknown. */
export const ExitCode = Schema.Literals([0, 1, 3])

/** Verdict on one release in one deployment at one time. */
export const GateVerdict = Schema.Struct({
  environment: Schema.Literals(["local", "staging", "production"]),
  deployment: Schema.String,
  release: Sha256,
  policy: Schema.Struct({ version: Schema.Int, digest: Sha256 }),
  at: Millis,
  rehearsal: Schema.Boolean,
  rows: Schema.Array(VerdictRow),
  state: GateState,
  exitCode: ExitCode
})
export type GateVerdict = typeof GateVerdict.Type

/** Returns the exit code of a verdict. In `local` it is always 3, so that no script takes a rehearsal for a GO. */
export const exitCodeOf = (state: GateState, rehearsal: boolean): typeof ExitCode.Type => {
  if (rehearsal || state === "UNKNOWN" || state === "SEEN") return 3
  return state === "GO" ? 0 : 1
}

/** Returns the state of all rows: NO-GO when one is, else UNKNOWN when one is. No row at all is NO-GO. */
export const wholeState = (rows: ReadonlyArray<VerdictRow>, rehearsal: boolean): GateState => {
  const states = new Set(rows.map(({ state }) => state))
  if (states.size === 0 || states.has("NO-GO")) return "NO-GO"
  if (states.has("UNKNOWN")) return "UNKNOWN"
  return rehearsal ? "SEEN" : "GO"
}
