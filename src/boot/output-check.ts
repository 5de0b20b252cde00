import type { BootCheck } from "../log/line.ts"
import { asksToPrint } from "./printing.ts"
import { ok } from "./report.ts"

/** Names the variables that the program removed because they make a library print (I7). Values are not shown. */
export const outputCheck = (variables: ReadonlyMap<string, string>): BootCheck => {
  const removed = [...variables].flatMap(([name, value]) => (value !== "" && asksToPrint(name) ? [name] : []))
  return removed.length === 0
    ? ok("leak:output")
    : { ...ok("leak:output"), problem: `${removed.join(", ")}: removed, since a library would print secrets` }
}
