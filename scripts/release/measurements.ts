import { writeFileSync } from "node:fs"
import * as Schema from "effect/Schema"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** Result of a campaign that kills gateways. */
export const CrashLedger = Schema.Struct({
  v: Schema.Literal(1),
  kind: Schema.Literals(["crash-sends", "crash-webhooks"]),
  version: Schema.String,
  seed: Schema.Int,
  kills: Count,
  /** Kills that came while the victim stood at the chosen point. */
  atThePoint: Count,
  /** Intents of `crash-sends`, webhook items of `crash-webhooks`. */
  things: Count,
  /** Intents that were called sent and not performed; items that were answered 200 and never delivered. */
  losses: Count,
  /** Intents that were performed twice; items that were admitted as two events. */
  duplicates: Count,
  /** Other broken rules. */
  otherFaults: Count,
  /** Intents that were left in doubt, or events that were pushed again with the same id. Neither is an error. */
  uncertain: Count
})
export type CrashLedger = typeof CrashLedger.Type

/** Result of sending mutated webhooks. */
export const FuzzReport = Schema.Struct({
  v: Schema.Literal(1),
  kind: Schema.Literal("fuzz"),
  version: Schema.String,
  seed: Schema.Int,
  signed: Count,
  unsigned: Count,
  faults: Schema.Array(Schema.String)
})

/** Result of one bench: measured values with the conditions that they depend on. */
export const BenchReport = Schema.Struct({
  v: Schema.Literal(1),
  kind: Schema.Literal("bench"),
  bench: Schema.String,
  version: Schema.String,
  node: Schema.String,
  processor: Schema.String,
  conditions: Schema.Record(Schema.String, Schema.String),
  rows: Schema.Array(
    Schema.Struct({ contestant: Schema.String, measure: Schema.String, unit: Schema.String, value: Schema.Finite })
  )
})
export type BenchReport = typeof BenchReport.Type

export const Measurement = Schema.Union([CrashLedger, FuzzReport, BenchReport])
export type Measurement = typeof Measurement.Type

/** Writes a result to the file of `--json`. Writes nothing when there is none. */
export const writeMeasurement = (file: string | undefined, result: Measurement): void => {
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`)
}
