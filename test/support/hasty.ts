import { fileURLToPath } from "node:url"
import type { Rules } from "../../src/inbound/runtime/runtime-health.ts"

/** For real time: every refusal that may count does so at once, so that a poison event is a dead letter within seconds. */
export const hasty: Partial<Rules> = { countEvery: 0, countAloneEvery: 0 }

/** The program as it is shipped, by these rules. */
export const hastyEntry = fileURLToPath(new URL("hasty-entry.ts", import.meta.url))
