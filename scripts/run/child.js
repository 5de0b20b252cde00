import { spawn } from "node:child_process"
import { closeSync, openSync, readFileSync, writeSync } from "node:fs"
import { constants } from "node:os"
import { isatty } from "node:tty"

/** One line on stderr: stdout belongs to what is run. */
export const say = (line) => writeSync(2, `${line}\n`)

let child
let received

const codeOf = (signal) => 128 + (constants.signals[signal] ?? 0)

// A terminal gives its interrupt to the whole foreground group, so the child has it already.
const fromTerminal = (signal) => signal === "SIGINT" && isatty(0)

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    received = received ?? signal
    if (!fromTerminal(signal)) child?.kill(signal)
    process.on(signal, () => undefined)
  })
}

/** The exit code of the ended child; 128 + n when signal n ended it, 127 when it could not be started. */
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

/** Its output goes to the file and is shown only when it fails. */
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

/** Runs in place of this process where this Node can do that, else as its child. */
export const replace = (command, args, { cwd = process.cwd(), env }) => {
  if (command !== process.execPath || process.execve === undefined) return run(command, args, { cwd, env })
  if (received !== undefined) return codeOf(received)
  process.chdir(cwd)
  process.execve(command, [command, ...args], env)
}
