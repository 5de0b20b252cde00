import process from "node:process"
import { parts, run } from "./main-parts.ts"

run(parts(process.stdout.isTTY), process.argv.slice(2))
