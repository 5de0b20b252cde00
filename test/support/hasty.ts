import { fileURLToPath } from "node:url"
import type { Rules } from "../../src/inbound/runtime-health.ts"

/** For real time: a poison event becomes a dead letter within seconds, alone too. */
export const hasty: Partial<Rules> = { countEvery: 50, countAloneEvery: 50 }

/** The program as it is shipped, by these rules. */
export const hastyEntry = fileURLToPath(new URL("hasty-entry.ts", import.meta.url))
