import * as Schema from "effect/Schema"
import { Cause, GateState, Millis, Sha256, Text } from "./words.ts"

const both = (description: string) => Text.annotate({ description })

/** Verdict on one row of the policy. */
export const VerdictRow = Schema.Struct({
  row: Schema.String.annotate({ description: "Names the row, such as `1.1.2` or `3.2:whatsapp.text`." }),
  text: both("Holds the item in the words of the checklist."),
  state: GateState.annotate({ description: "States the result. A rehearsal says `SEEN` in place of `GO`." }),
  cause: Schema.optionalKey(Cause.annotate({ description: "Names why the row is not `GO`. The list is closed." })),
  said: both("Says in a sentence what was found, or what is not there. The text may change between releases."),
  evidence: Schema.Array(Sha256.annotate({ description: "Digest of one record." })).annotate({
    description: "Lists the digests of the records that the result rests on."
  }),
  at: Schema.optionalKey(
    Millis.annotate({ description: "Time of the record that expires first, in milliseconds since the epoch." })
  ),
  until: Schema.optionalKey(
    Millis.annotate({
      description: "Time until which `GO` holds, or until which the provider's part is awaited, in milliseconds."
    })
  ),
  clears: Schema.optionalKey(both("Names the one command or act that clears the row. Absent where it is `GO`.")),
  alone: Schema.optionalKey(Schema.Boolean.annotate({ description: "States whether time alone may clear the row." })),
  runs: Schema.optionalKey(Schema.Int.annotate({ description: "Counts the runs of the drill that proved the row." })),
  rehearsal: Schema.Boolean.annotate({ description: "States that the row was judged in `local` and proves nothing." })
})
export type VerdictRow = typeof VerdictRow.Type

/** Exit code of a verdict: 0 go, 1 no-go, 3 unknown. */
export const ExitCode = Schema.Literals([0, 1, 3])

/** Verdict on one release in one deployment at one time. */
export const GateVerdict = Schema.Struct({
  environment: Schema.Literals(["local", "staging", "production"]).annotate({
    description: "Names the environment of the gateway."
  }),
  deployment: Schema.String.annotate({ description: "Names the deployment, by the id in the stamp of its store." }),
  release: Sha256.annotate({ description: "Names the release, by the digest of its manifest." }),
  policy: Schema.Struct({
    version: Schema.Int.annotate({ description: "Numbers the policy." }),
    digest: Sha256.annotate({ description: "Tells two policies apart." })
  }).annotate({ description: "Names the policy that the rows are of." }),
  at: Millis.annotate({ description: "Time that was judged, by the store's clock, in milliseconds since the epoch." }),
  rehearsal: Schema.Boolean.annotate({ description: "States that the verdict is a rehearsal and proves nothing." }),
  rows: Schema.Array(VerdictRow.annotate({ description: "Result of one row." })).annotate({
    description: "Lists every row, in the order of the checklist."
  }),
  state: GateState.annotate({ description: "States the result of all rows." }),
  exitCode: ExitCode.annotate({ description: "Exit code of `comporta go-no-go`: 0 `GO`, 1 `NO-GO`, 3 anything else." })
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
