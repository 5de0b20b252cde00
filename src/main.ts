import process from "node:process"
import { followLoads } from "../layers/node-host/loads.ts"
import { quiet } from "../layers/node-host/quiet.ts"

const variables = quiet()
const loads = followLoads(import.meta.url)
const { parts, run } = await import("./app/main-layers.ts")
run(parts(process.stdout.isTTY, variables, loads), process.argv.slice(2))
