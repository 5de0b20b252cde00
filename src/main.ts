import process from "node:process"
import { quiet } from "../layers/node-host/quiet.ts"

const variables = quiet()
const { parts, run } = await import("./app/main-layers.ts")
run(parts(process.stdout.isTTY, variables), process.argv.slice(2))
