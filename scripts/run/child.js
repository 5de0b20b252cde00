import { spawn } from "node:child_process"
import { closeSync, openSync, readFileSync, writeSync } from "node:fs"
import { constants } from "node:os"
import { isatty } from "node:tty"

/** Writes one line to stderr: stdout belongs to the child. */
export const say = (line) => writeSync(2, `${line}\n`)

let child
let received

const codeOf = (signal) => 128 + (constants.signals[signal] ?? 0)

// A terminal sends its interrupt to the whole foreground group, so the child has already received it.
const fromTerminal = (signal) => signal === "SIGINT" && isatty(0)

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    received = received ?? signal
    if (!fromTerminal(signal)) child?.kill(signal)
    process.on(signal, () => undefined)
  })
}

/** Runs a child and returns its exit code: 128 + n when signal n ended it, 127 when it could not start. */
export const run = (command, args, options) =>
  new Promise((resolve) => {
    if (received !== undefined) return resolve(codeOf(received))
    const started = spawn(command, args, { stdio: "inherit", ...options })
    child = started
    started.once("error", (error) => {
      say(`${command} does not start: ${error.code ?? error.message}`)
      resolve(127)
    })
    started.once("exit", (code, signal) => resolve(signal === null ? code : codeOf(signal)))
  })

/** Runs a child with its output in the file `log`, and prints that output only when the child fails. */
export const quietly = async (log, command, args, options) => {
  const output = openSync(log, "a")
  const code = await run(command, args, { ...options, stdio: ["ignore", output, output] })
  closeSync(output)
  if (code !== 0) {
    writeSync(2, readFileSync(log))
    say(`${command} ${args[0]} failed with ${code}`)
  }
  return code
}

/** Replaces this process by the command where this version of Node can do that; runs it as a child otherwise. */
export const replace = (command, args, { cwd = process.cwd(), env }) => {
  if (command !== process.execPath || process.execve === undefined) return run(command, args, { cwd, env })
  if (received !== undefined) return codeOf(received)
  process.chdir(cwd)
  process.execve(command, [command, ...args], env)
}
