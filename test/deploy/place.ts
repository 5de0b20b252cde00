import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import { parseDocument } from "yaml"
import { client, secrets } from "../support/client.ts"
import { deafPort } from "../support/http.ts"
import { comporta, launched } from "../support/program.ts"
import { provider } from "../support/provider.ts"
import { receiver } from "../support/receiver.ts"
import { redisServer } from "../support/redis-server.ts"
import { businessAccountId, phoneNumberId } from "../support/webhook.ts"
import { deployPath, textIn } from "./files.ts"

/** A platform whose processes run without it: its files, and its form of a secret's name. */
export interface Platform {
  readonly configuration: string
  readonly redis: string
  readonly secretFile: (ref: string) => string
  /** True when the secrets are in the working directory of the program. */
  readonly inWorkingDirectory: boolean
  /** Variables that the platform sets. */
  readonly env: Readonly<Record<string, string>>
}

/** Secrets that an operator brings: those that a provider issues, and two that the clients of tests know. */
const brought = {
  "meta/app-secret": secrets["meta/app-secret"],
  "whatsapp/support": secrets["whatsapp/support"],
  "runtime/signing": secrets["runtime/signing"],
  "api/app": secrets["api/crm"]
}

const temporary = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "comporta-place-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
)

const write = (path: string, text: string) => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** Returns the settings of a file of Redis as arguments. Its address and its directories are those of the test. */
const redisArguments = (path: string, users: string) =>
  textIn(path)
    .split("\n")
    .filter((line) => line !== "" && !/^(#|bind |port |dir )/.test(line))
    .flatMap((line) => {
      const [name = "", ...values] = line.split(" ")
      return [`--${name}`, ...(name === "aclfile" ? [users] : values.map((value) => (value === '""' ? "" : value)))]
    })

/** Makes the secrets, starts Redis, a provider and a runtime, and writes the platform's configuration with their addresses. */
export const placeOf = Effect.fnUntraced(function* (platform: Platform) {
  const directory = yield* temporary
  const made = join(directory, "made")
  for (const [ref, value] of Object.entries(brought)) write(join(made, ref), value)
  const { stdout } = spawnSync("sh", [deployPath("secrets.sh"), made], { encoding: "utf8" })
  const secretsDirectory = join(directory, "secrets")
  for (const folder of readdirSync(made)) {
    for (const name of readdirSync(join(made, folder))) {
      write(
        join(secretsDirectory, platform.secretFile(`${folder}/${name}`)),
        readFileSync(join(made, folder, name), "utf8")
      )
    }
  }
  const data = join(directory, "data")
  mkdirSync(data)
  const redis = yield* redisServer([...redisArguments(platform.redis, join(made, "store/users.acl")), "--dir", data])
  const graph = yield* provider()
  const runtime = yield* receiver(secrets["runtime/signing"])
  const [port, management] = [yield* deafPort, yield* deafPort]
  const configuration = parseDocument(textIn(platform.configuration))
  const set = (path: string, value: unknown) => configuration.setIn(path.split("."), value)
  set("server.host", "127.0.0.1")
  set("server.port", port)
  set("server.management", { host: "127.0.0.1", port: management })
  set("store.url", redis.url)
  if (!platform.inWorkingDirectory) set("secrets.directory", secretsDirectory)
  set("runtime.push.url", runtime.url)
  set("connectors.whatsapp.graph.baseUrl", graph.url)
  set("connectors.whatsapp.accounts.support.phoneNumberId", phoneNumberId)
  set("connectors.whatsapp.accounts.support.businessAccountId", businessAccountId)
  const file = join(directory, "comporta.yaml")
  writeFileSync(file, String(configuration))
  const workingDirectory = platform.inWorkingDirectory ? secretsDirectory : directory
  return {
    made,
    printed: stdout,
    redis,
    /** Deletes the files of Redis, as a lost volume does. */
    loseData: () => readdirSync(data).forEach((name) => rmSync(join(data, name), { recursive: true })),
    graph,
    runtime,
    run: (...words: ReadonlyArray<string>) => comporta([...words, "--config", file], platform.env, workingDirectory),
    start: Effect.flatMap(
      launched(file, port, { env: platform.env, directory: workingDirectory }),
      ({ program, listens }) => Effect.as(listens, program)
    ),
    api: client(`http://127.0.0.1:${management}`)
  }
})
