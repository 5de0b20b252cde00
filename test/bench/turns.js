import { renameSync, writeFileSync } from "node:fs"
import { performance } from "node:perf_hooks"
import process from "node:process"
import { pathToFileURL } from "node:url"

// Runs a program and measures its event loop from within. At SIGUSR2 it writes the longest turns since the last signal to a
// file, as `Turns` of `servers.ts`. Arguments: the file, the program and its own arguments.
// Plain JavaScript: Node would load a compiler for TypeScript, and the bench measures the memory of the program.

const [file = "", program = ""] = process.argv.slice(2, 4)
process.argv.splice(1, 2)
const everyMs = 1
const none = { longest: 0, computed: 0, otherThreads: 0, mostComputed: 0 }

const used = ({ user, system }) => (user + system) / 1_000
const look = () => ({ at: performance.now(), thread: used(process.threadCpuUsage()), all: used(process.cpuUsage()) })

let turns = none
let before = look()

setInterval(() => {
  const now = look()
  const lasted = now.at - before.at
  const computed = now.thread - before.thread
  const mostComputed = Math.max(turns.mostComputed, computed)
  const otherThreads = now.all - before.all - computed
  turns =
    lasted > turns.longest ? { longest: lasted, computed, otherThreads, mostComputed } : { ...turns, mostComputed }
  before = now
}, everyMs).unref()

process.on("SIGUSR2", () => {
  writeFileSync(`${file}.new`, JSON.stringify(turns))
  renameSync(`${file}.new`, file)
  turns = none
})

await import(pathToFileURL(program).href)
