import { cpus } from "node:os"
import process from "node:process"
import { type BenchReport, writeMeasurement } from "../../scripts/release/measurements.ts"
import { version } from "../../src/version.ts"

/** Writes the result of a bench to the file of `--json`, with the machine that it ran on. */
export const writeBench = (
  file: string | undefined,
  bench: string,
  conditions: Readonly<Record<string, string | boolean | undefined>>,
  rows: BenchReport["rows"]
): void =>
  writeMeasurement(file, {
    v: 1,
    kind: "bench",
    bench,
    version,
    node: process.versions.node,
    processor: cpus()[0]?.model ?? "unknown",
    conditions: Object.fromEntries(
      Object.entries(conditions).flatMap(([name, value]) => (name === "json" ? [] : [[name, String(value)]]))
    ),
    rows
  })
