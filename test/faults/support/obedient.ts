import process from "node:process"
import { run } from "../../../src/app/main-layers.ts"
import type { ProgramParts } from "../../../src/app/layer-factories.ts"
import { obey, type Order } from "./steps.ts"

/** Runs this process's command line when `replica.ts` says so, and obeys nobody else. */
export const obedient = (program: ProgramParts): void => {
  process.once("disconnect", () => process.exit(1))
  process.on("message", (order: Order) => {
    if (order.order === "begin") run(program, process.argv.slice(2))
    else obey(order)
  })
}
