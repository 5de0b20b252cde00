import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { objectOf } from "../../plugins/meta/read-json.ts"
import type { JsonObject } from "../../src/domain/json.ts"
import { type Client, client, secrets } from "./client.ts"
import { deafPort } from "./http.ts"
import { type Recorded, recorded } from "./recorded.ts"
import { businessAccountId, phoneNumberId } from "./webhook.ts"

const root = resolve(fileURLToPath(import.meta.url), "../../..")

export interface Options {
  /** The URL of the store; when absent, the store is in memory. */
  readonly redisUrl?: string
  readonly provider?: string
  readonly runtime?: string
  /** Adds to the secrets of `client.ts` or overrides them; `undefined` removes one. */
  readonly secrets?: Readonly<Record<string, string | undefined>>
  /** Configures a sealing key and a pepper. */
  readonly sealed?: boolean
  /** The path of an entry file in place of the program. */
  readonly entry?: string
  /** Returns the command that runs the program elsewhere, such as in a container, from the words of its command line. */
  readonly command?: Command
  /** The whole configuration file, in place of the options above. */
  readonly file?: string | ((directory: string, port: number) => string)
}

/** The result of a process that ended. */
export interface Ended {
  /** The exit code; `null` when a signal ended the process. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly lines: ReadonlyArray<JsonObject>
}

/** A running process of the program, as a client of its gateway. */
export interface Program extends Client {
  readonly pid: number
  readonly lines: Recorded<JsonObject>
  /** Waits for log lines of an event. */
  readonly line: (event: string, count?: number) => Effect.Effect<ReadonlyArray<JsonObject>>
  readonly output: () => string
  readonly signal: (name: NodeJS.Signals) => void
  /** Pauses, resumes or closes the reading of the process's output. */
  readonly leaveOutput: (how: "pause" | "resume" | "close") => void
  readonly ended: Effect.Effect<Ended>
}

export class DidNotStart extends Data.TaggedError("DidNotStart")<{ readonly ended: Ended }> {}

/** A configuration file, its secrets and a port for `comporta serve`, in a directory of its own. */
export interface Installation {
  readonly directory: string
  readonly file: string
  readonly port: number
  /** Starts the program and waits until it listens. The end of the scope kills it. */
  readonly start: Effect.Effect<Program, DidNotStart, Scope.Scope>
  /** Runs the program to its end. */
  readonly run: (env?: Readonly<Record<string, string>>, file?: string) => Effect.Effect<Ended>
}

const yaml = (directory: string, port: number, { redisUrl, provider, runtime, sealed = false }: Options) => `
environment: local
server: { port: ${port} }
store: ${redisUrl === undefined ? "memory" : `{ url: "${redisUrl}", durability: process${sealed ? ", sealingKey: store/sealing-key, pepper: store/pepper" : ""} }`}
secrets: { from: files, directory: "${directory}/secrets" }
${runtime === undefined ? "" : `runtime: { push: { url: "${runtime}", secret: runtime/signing } }`}
api:
  keys:
    - { id: crm, secret: api/crm, scopes: [send, read, operate] }
connectors:
  whatsapp:
    graph: { version: v25.0, baseUrl: "${provider ?? "http://127.0.0.1:9"}" }
    secrets: { appSecret: meta/app-secret, verifyToken: meta/verify-token }
    accounts:
      support: { phoneNumberId: "${phoneNumberId}", businessAccountId: "${businessAccountId}", secrets: { accessToken: whatsapp/support } }
    capabilities: [text]
`

const parsed = (line: string): JsonObject | undefined => {
  try {
    return objectOf(JSON.parse(line))
  } catch {
    return undefined
  }
}

/** Collects the output of a process; resolves `ended` when the process has closed its output. */
const follow = (child: ChildProcess) => {
  const lines = recorded<JsonObject>()
  let stdout = ""
  let stderr = ""
  let rest = ""
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk
    const whole = (rest + chunk).split("\n")
    rest = whole.pop() ?? ""
    for (const one of whole) {
      const line = parsed(one)
      if (line !== undefined) lines.add(line)
    }
  })
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk))
  const closed = once(child, "close").then((): Ended => ({ code: child.exitCode, stdout, stderr, lines: lines.all }))
  return { lines, output: () => stdout + stderr, ended: Effect.promise(() => closed) }
}

/** Makes a command line for the words of the program's own. */
export type Command = (words: ReadonlyArray<string>) => readonly [string, ...ReadonlyArray<string>]

/** Options that start a process unlike an operator would. */
export interface Launching {
  readonly command?: Command | undefined
  /** The path of an entry file in place of the program. */
  readonly entry?: string
  readonly env?: Readonly<Record<string, string>>
  /** Arguments of Node itself. */
  readonly nodeArguments?: ReadonlyArray<string>
  readonly directory?: string
  /** Additional descriptors after standard input, output and error. */
  readonly stdio?: ReadonlyArray<"pipe" | "ipc">
}

/** The running processes; they are killed when this process exits. */
const running = new Set<ChildProcess>()
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")))

/** Starts a command of the program. The end of the scope kills it. */
export const launch = (
  words: ReadonlyArray<string>,
  {
    entry = join(root, "bin/comporta.js"),
    env = {},
    nodeArguments = [],
    directory,
    stdio = [],
    command = (own) => [process.execPath, ...nodeArguments, entry, ...own]
  }: Launching = {}
) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const [file, ...args] = command(words)
      const child = spawn(file, args, {
        ...(directory === undefined ? {} : { cwd: directory }),
        stdio: ["ignore", "pipe", "pipe", ...stdio],
        env: { PATH: "/usr/bin", ...env }
      })
      running.add(child)
      child.once("exit", () => running.delete(child))
      return { child, ...follow(child) }
    }),
    ({ child, ended }) =>
      Effect.andThen(
        Effect.sync(() => child.kill("SIGKILL")),
        ended
      )
  )

const isAbout = (event: string) => (line: JsonObject) => line["event"] === event

const serve = (file: string) => ["serve", "--config", file]

/** Runs a command of the program to its end. */
export const comporta = (
  words: ReadonlyArray<string>,
  env: Readonly<Record<string, string>> = {},
  directory?: string
) =>
  Effect.scoped(
    Effect.flatMap(launch(words, { env, ...(directory === undefined ? {} : { directory }) }), ({ ended }) => ended)
  )

/** Starts `comporta serve` and returns the program with its child process, which may not listen yet. */
export const launched = (file: string, port: number, launching: Launching = {}) =>
  Effect.map(launch(serve(file), launching), ({ child, lines, output, ended }) => {
    const line = (event: string, count = 1) =>
      Effect.map(
        lines.until((all) => all.filter(isAbout(event)).length >= count),
        (all) => all.filter(isAbout(event))
      )
    const listens = Effect.raceFirst(
      Effect.asVoid(line("server.listening")),
      Effect.flatMap(ended, (end) => Effect.fail(new DidNotStart({ ended: end })))
    )
    const signal = (name: NodeJS.Signals) => {
      child.kill(name)
    }
    const leaveOutput = (how: "pause" | "resume" | "close") => {
      for (const stream of [child.stdout, child.stderr]) {
        if (how === "close") stream?.destroy()
        else stream?.[how]()
      }
    }
    const program: Program = {
      ...client(`http://127.0.0.1:${port}`),
      pid: child.pid ?? 0,
      lines,
      line,
      output,
      signal,
      leaveOutput,
      ended
    }
    return { child, program, listens }
  })

const start = (file: string, port: number, { entry, command }: Options) =>
  Effect.flatMap(launched(file, port, { command, ...(entry === undefined ? {} : { entry }) }), ({ program, listens }) =>
    Effect.as(listens, program)
  )

export const installation = (options: Options = {}): Effect.Effect<Installation, never, Scope.Scope> =>
  Effect.gen(function* () {
    const port = yield* deafPort
    const directory = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "comporta-program-"))),
      (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
    )
    const write = (path: string, text: string) => {
      mkdirSync(dirname(join(directory, path)), { recursive: true })
      writeFileSync(join(directory, path), text)
    }
    const keys = options.sealed
      ? {
          "store/sealing-key": Buffer.alloc(32, 3).toString("base64"),
          "store/pepper": Buffer.alloc(32, 5).toString("base64")
        }
      : {}
    for (const [ref, value] of Object.entries({ ...secrets, ...keys, ...options.secrets })) {
      if (value !== undefined) write(`secrets/${ref}`, `${value}\n`)
    }
    const file = join(directory, "comporta.yaml")
    const { file: text = yaml(directory, port, options) } = options
    write("comporta.yaml", typeof text === "string" ? text : text(directory, port))
    return {
      directory,
      file,
      port,
      start: start(file, port, options),
      run: (env = {}, other = file) => comporta(serve(other), env)
    }
  })
