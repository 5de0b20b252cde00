import { createRequire } from "node:module"
import process from "node:process"
import { debuglog } from "node:util"
import { quiet } from "../../../layers/node-host/quiet.ts"

/** Prints its argument in every way in which a library prints, once the process is quiet; `loud`: without that. */
const [how, text = ""] = process.argv.slice(2)

if (how !== "loud") quiet()
const load = createRequire(import.meta.url)
load("debug")("ioredis:test")(text)
debuglog("comporta")(text)
for (const print of [console.log, console.info, console.warn, console.error, console.debug, console.trace]) print(text)
console.table([text])
console.dir({ text })
process.stdout.write(text)
process.stderr.write(text, () => process.emitWarning(text))
if (how === "uncaught") {
  const { endOnUncaught } = await import("../../../layers/node-host/uncaught.ts")
  endOnUncaught("source")
  setImmediate(() => {
    throw Object.assign(new TypeError(text), { text })
  })
}
if (how === "rejected") {
  const { endOnUncaught } = await import("../../../layers/node-host/uncaught.ts")
  endOnUncaught("source")
  void Promise.reject(Object.assign(new TypeError(text), { text }))
}
