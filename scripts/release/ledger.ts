import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type BenchReport, type CrashLedger, Measurement } from "./measurements.ts"

const decode = Schema.decodeUnknownResult(Schema.fromJsonString(Measurement))

const measurementsIn = (folder: string): ReadonlyArray<Measurement> =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .toSorted()
    .flatMap((name) =>
      Result.match(decode(readFileSync(join(folder, name), "utf8")), {
        onFailure: () => [],
        onSuccess: (measurement) => [measurement]
      })
    )

const perThousand = (count: number, kills: number) => (kills === 0 ? "unknown" : ((count * 1_000) / kills).toFixed(2))

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string | number>>) =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n")

const crashRow = ({
  atThePoint,
  duplicates,
  kills,
  kind,
  losses,
  otherFaults,
  seed,
  things,
  uncertain
}: CrashLedger) => [
  kind === "crash-sends" ? "sends" : "webhooks",
  seed,
  kills,
  atThePoint,
  things,
  perThousand(losses, kills),
  perThousand(duplicates, kills),
  otherFaults,
  uncertain
]

const benchTable = ({ bench, conditions, node, processor, rows }: BenchReport) => {
  const given = Object.entries(conditions).map(([name, value]) => `${name} ${value}`)
  return [
    `### ${bench}`,
    `${processor}, Node ${node}; ${given.join(", ")}.`,
    table(
      ["contestant", "measure", "value", "unit"],
      rows.map(({ contestant, measure, unit, value }) => [contestant, measure, value.toFixed(2), unit])
    )
  ].join("\n\n")
}

/** Returns the page of a release for people: crashes, mutated webhooks and benches. */
export const ledgerOf = (measurements: ReadonlyArray<Measurement>): string => {
  const crashes = measurements.flatMap((one) =>
    one.kind === "crash-sends" || one.kind === "crash-webhooks" ? [one] : []
  )
  const fuzzes = measurements.flatMap((one) => (one.kind === "fuzz" ? [one] : []))
  const benches = measurements.flatMap((one) => (one.kind === "bench" ? [one] : []))
  const missing = ["crash-sends", "crash-webhooks", "fuzz", "bench"].filter((kind) =>
    measurements.every((one) => one.kind !== kind)
  )
  return `${[
    "# Crash ledger and bench of this release",
    ...missing.map((kind) => `Not measured for this release: ${kind}.`),
    "## Gateways killed",
    "Losses and duplicates are counted for each thousand kills. Uncertain are intents left in doubt, and events pushed again with the same id.",
    table(
      ["what", "seed", "kills", "at the point", "things", "losses", "duplicates", "other faults", "uncertain"],
      crashes.map(crashRow)
    ),
    "## Mutated webhooks",
    table(
      ["seed", "signed", "unsigned", "faults"],
      fuzzes.map(({ faults, seed, signed, unsigned }) => [seed, signed, unsigned, faults.length])
    ),
    "## Bench",
    ...benches.map(benchTable)
  ].join("\n\n")}\n`
}

/** Writes `ledger.md` from the measurements in the folder. */
export const writeLedger = (folder: string): void => {
  if (existsSync(folder)) writeFileSync(join(folder, "ledger.md"), ledgerOf(measurementsIn(folder)))
}
