import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { version } from "../../../src/version.ts"
import type { Tally } from "./tally.ts"

const page = fileURLToPath(new URL("../../../docs/crash-ledger.md", import.meta.url))

const rowOf = ({ seed, kills, reached, intents, performed, sent, failed, inDoubt, resolved, wrong }: Tally) =>
  `| ${[seed, version, kills, reached, intents, performed, sent, failed, inDoubt, resolved, wrong.length].join(" | ")} |`

/** Writes the campaign's row, in place of what stood there for its seed. */
export const writeRow = (tally: Tally): void => {
  const lines = readFileSync(page, "utf8").split("\n")
  const head = lines.findIndex((line) => line.startsWith("| seed |"))
  if (head === -1) throw new Error(`${page} has no table of campaigns`)
  const end = lines.findIndex((line, at) => at > head && !line.startsWith("|"))
  const rows = lines.slice(head + 2, end).filter((line) => line.split(" ")[1] !== String(tally.seed))
  const all = [...rows, rowOf(tally)].toSorted((a, b) => Number(a.split(" ")[1]) - Number(b.split(" ")[1]))
  writeFileSync(page, [...lines.slice(0, head + 2), ...all, ...lines.slice(end)].join("\n"))
}
