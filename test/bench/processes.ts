import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { get } from "node:http"
import { connect } from "node:net"
import { setTimeout as pause } from "node:timers/promises"

const running = new Set<ChildProcess>()
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")))
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1))

export interface Finished {
  readonly code: number | null
  readonly output: string
}

/** A program held to one processor; what it prints goes to the log file descriptor, or is kept where there is none. */
export const pinned = (
  core: number,
  command: ReadonlyArray<string>,
  log: number | "pipe",
  input: "ignore" | "pipe" = "ignore"
) => {
  const child = spawn("taskset", ["--cpu-list", String(core), ...command], { stdio: [input, log, log] })
  running.add(child)
  child.once("exit", () => running.delete(child))
  return child
}

export const ended = async (child: ChildProcess): Promise<Finished> => {
  let output = ""
  child.stdout?.on("data", (chunk: Buffer) => {
    output += chunk.toString()
  })
  await once(child, "close")
  return { code: child.exitCode, output }
}

/** Milliseconds that a process has spent on processors so far, whatever else the machine was doing. */
export const spentBy = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? []
  const ticks = Number(fields[11]) + Number(fields[12])
  return ticks * 10
}

export const stop = async (child: ChildProcess) => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, "exit")
  child.kill("SIGTERM")
  await Promise.race([exit, pause(10_000, undefined, { ref: false }).then(() => child.kill("SIGKILL"))])
}

const status = (port: number) =>
  new Promise<number>((resolve) => {
    get({ port, host: "127.0.0.1", path: "/readyz" }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    }).once("error", () => resolve(0))
  })

const accepts = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy()
      resolve(true)
    }).once("error", () => resolve(false))
  })

/** False when the program ended or was not there within 20 s. */
const until = async (child: ChildProcess, there: () => Promise<boolean>, left = 400): Promise<boolean> => {
  if (left === 0 || child.exitCode !== null || child.signalCode !== null) return false
  if (await there()) return true
  await pause(50)
  return until(child, there, left - 1)
}

export const listening = (child: ChildProcess, port: number) => until(child, () => accepts(port))
export const ready = (child: ChildProcess, port: number) => until(child, async () => (await status(port)) === 200)
