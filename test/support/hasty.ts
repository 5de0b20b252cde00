import { fileURLToPath } from "node:url"
import type { Rules } from "../../src/inbound/runtime/runtime-health.ts"

/** Rules for tests in real time: each refusal counts at once, so that a poison event becomes a dead letter within seconds. */
export const hasty: Partial<Rules> = { countEvery: 0, countAloneEvery: 0, countUncompared: true }

/** The path of an entry that runs the shipped program with these rules. */
export const hastyEntry = fileURLToPath(new URL("hasty-entry.ts", import.meta.url))
