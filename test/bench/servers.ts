import { writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { stringify } from "yaml"
import { phoneNumberId } from "./requests.ts"

const root = resolve(fileURLToPath(import.meta.url), "../../..")

/** Where a round takes place. Secrets are files: `meta/app-secret` signs the webhooks. */
export interface Place {
  readonly port: number
  readonly redisUrl: string
  readonly folder: string
  readonly secrets: string
  /** Where events are pushed; nowhere unless given. */
  readonly runtime?: string
}

/** Turns of a server's event loop, in milliseconds. */
export interface Turns {
  /** The longest by the clock. */
  readonly longest: number
  /** Processor time in the longest turn: of the event loop's thread, and of the other threads of the process. */
  readonly computed: number
  readonly otherThreads: number
  /** The most processor time that the event loop's thread took in any turn. */
  readonly mostComputed: number
}

/** File in which a server that measures itself answers. */
export const turnsFile = (folder: string) => join(folder, "longest-turn.json")

/** One program under load; `command` prepares what it needs and says how to start it. */
export interface Contestant {
  readonly name: string
  readonly command: (place: Place) => ReadonlyArray<string>
}

/**
 * Who waits for his turn has nothing to do, and V8 gives back then what the young part of a large heap needs: it costs seconds of
 * the next turn to have it again, and nobody under load all the time ever pays that.
 */
const node = [process.execPath, "--no-memory-reducer"]

const baseline = (name: string, file: string): Contestant => ({
  name,
  command: ({ port, redisUrl, secrets }) => [
    ...node,
    join(root, "test/bench", file),
    String(port),
    redisUrl,
    join(secrets, "meta/app-secret")
  ]
})

const config = ({ port, redisUrl, secrets, runtime }: Place, sealed: boolean) => ({
  environment: "local",
  server: { host: "127.0.0.1", port },
  store: { url: redisUrl, ...(sealed ? { sealingKey: "store/sealing-key" } : {}) },
  secrets: { from: "files", directory: secrets },
  ...(runtime === undefined ? {} : { runtime: { push: { url: runtime, secret: "runtime/signing" } } }),
  connectors: {
    whatsapp: {
      graph: { version: "v25.0", baseUrl: "http://127.0.0.1:9" },
      secrets: { appSecret: "meta/app-secret", verifyToken: "meta/verify-token" },
      accounts: {
        bench: { phoneNumberId, businessAccountId: "102290129340398", secrets: { accessToken: "whatsapp/bench" } }
      },
      capabilities: ["text"]
    }
  }
})

/** Starts `comporta serve`. `programOf` returns options of Node and the program. */
const serving = (
  name: string,
  isSealed: boolean,
  programOf: (place: Place) => ReadonlyArray<string> = () => [join(root, "bin/comporta.js")]
): Contestant => ({
  name,
  command: (place) => {
    const file = join(place.folder, "comporta.yaml")
    writeFileSync(file, stringify(config(place, isSealed)))
    return [...node, ...programOf(place), "serve", "--config", file]
  }
})

export const gateway = serving("comporta", false)

/** Option of Node for a server with one processor. */
export const oneHelperThread = "--v8-pool-size=1"

/**
 * As it is shipped, for its memory: from its sources it holds the compiler too. Wants `npm run build` before. `turns.js`
 * measures its event loop. It has one processor, so it has one helper thread of V8, as the guide on sizing says.
 */
export const built = serving("comporta, built", false, ({ folder }) => [
  oneHelperThread,
  join(root, "test/bench/turns.js"),
  turnsFile(folder),
  join(root, "dist/main.js")
])

/** With content sealed at rest; wants the secret `store/sealing-key`. */
export const sealed = serving("comporta, sealed", true)

export const baselines: ReadonlyArray<Contestant> = [
  baseline("node:http + ioredis", "baseline-node-http.ts"),
  baseline("fastify + ioredis", "baseline-fastify.ts")
]

/** What a team writes that has Redis Streams at hand: one server that takes in, marks, and pushes what it has taken. */
export const consumerGroup: Contestant = {
  name: "consumer group",
  command: ({ port, redisUrl, secrets, runtime = "" }) => [
    ...node,
    join(root, "test/bench/baseline-consumer-group.ts"),
    String(port),
    redisUrl,
    join(secrets, "meta/app-secret"),
    runtime,
    join(secrets, "runtime/signing")
  ]
}
