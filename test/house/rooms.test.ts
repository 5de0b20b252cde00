import { assert, describe, it } from "@effect/vitest"
import { importsOf, sourcesIn } from "./imports.ts"
import { mistakesIn } from "./rooms.ts"

const mistakes = (path: string, text: string) => mistakesIn(importsOf({ path, text }))

const wrong: ReadonlyArray<readonly [path: string, text: string]> = [
  ["web/lab/a.tsx", `import type { Fault } from "../../plugins/meta/simulator/state.ts"`],
  ["web/lab/a.tsx", `import * as Effect from "effect/Effect"`],
  ["src/domain/ids.ts", `import { Log } from "../log/log.ts"`],
  ["src/concurrency/a.ts", `import { Log } from "../log/log.ts"`],
  ["src/domain/a.ts", `import { backoffDelay } from "../concurrency/backoff.ts"`],
  ["src/connector/a.ts", `import type { Secrets } from "../secrets/secrets.ts"`],
  ["src/config/a.ts", `import { Log } from "../log/log.ts"`],
  ["src/log/a.ts", `import { Config } from "../config/config.ts"`],
  ["src/secrets/a.ts", `import { readConfig } from "../config/read.ts"`],
  ["src/outbound/a.ts", `import { EventLog } from "../inbound/event-log.ts"`],
  ["src/identity/a.ts", `import { resolve } from "../outbound/validate.ts"`],
  ["src/boot/a.ts", `import {\n  a,\n  b\n} from "../http/a.ts"`],
  ["src/http/a.ts", `const cli = await import("../cli/commands.ts")`],
  ["src/app/gateway.ts", `import { commands } from "../cli/commands.ts"`],
  ["src/app/gateway.ts", `import "../lab/lab.ts"`],
  ["src/app/wiring.ts", `import { main } from "./main-layers.ts"`],
  ["src/lab/a.ts", `import { serve } from "../cli/serve.ts"`],
  ["src/app/gateway.ts", `import { layer } from "../../layers/redis/client.ts"`],
  ["src/lab/a.ts", `import { whatsapp } from "../../plugins/whatsapp/index.ts"`],
  ["src/inbound/a.ts", `export * from "../http/api.ts"`],
  ["src/cellar/a.ts", `import { a } from "../domain/ids.ts"`],
  ["src/inbound/a.ts", `import { Redis } from "ioredis"`],
  ["src/outbound/a.ts", `import { request } from "undici"`],
  ["src/secrets/a.ts", `import { createHmac } from "node:crypto"`],
  ["src/config/a.ts", `import { readFileSync } from "node:fs"`],
  ["src/http/a.ts", `import { createServer } from "node:http"`],
  ["src/http/a.ts", `import { type Server, createServer } from "node:http"`],
  ["src/http/a.ts", `import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"`],
  ["src/main.ts", `import { NodeRuntime } from "@effect/platform-node"`],
  ["src/domain/a.ts", `import { Effect } from "effect"`],
  ["src/http/a.ts", `import { HttpRouter } from "effect/http"`],
  ["layers/redis/a.ts", `import { Effect } from 'effect'`],
  ["layers/redis/a.ts", `import { send } from "../../src/cli/send.ts"`],
  ["layers/redis/a.ts", `import { whatsapp } from "../../plugins/whatsapp/index.ts"`],
  ["plugins/whatsapp/a.ts", `import { createHmac } from "node:crypto"`],
  ["plugins/whatsapp/a.ts", `import { Log } from "../../src/log/log.ts"`],
  ["plugins/whatsapp/a.ts", `import { a } from "../instagram/a.ts"`],
  ["plugins/whatsapp/a.ts", `import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"`],
  ["plugins/whatsapp/a.ts", `import * as HttpClient from "effect/http/HttpClient"`],
  ["plugins/whatsapp/a.ts", `import * as FileSystem from "effect/FileSystem"`],
  ["plugins/meta/a.ts", `import { a } from "../whatsapp/a.ts"`],
  ["test/a.test.ts", `import { Effect } from "effect"`]
]

const right: ReadonlyArray<readonly [path: string, text: string]> = [
  ["src/domain/a.ts", `import * as Schema from "effect/Schema"`],
  ["src/outbound/a.ts", `import { partitionOf } from "../partition/partitions.ts"`],
  ["src/inbound/a.ts", `import { eventIdOf } from "../identity/derive.ts"`],
  ["src/concurrency/a.ts", `import type { Certainty } from "../domain/failure.ts"`],
  ["src/outbound/a.ts", `import { makeFiberPool } from "../concurrency/fiber-pool.ts"`],
  ["layers/redis/a.ts", `import { makeSlotArray } from "../../src/concurrency/slot-array.ts"`],
  ["src/config/a.ts", `import { SecretRef } from "../secrets/secret-store.ts"`],
  ["src/http/a.ts", `import type { IncomingMessage } from "node:http"`],
  ["src/http/a.ts", `import { type IncomingMessage, type ServerResponse } from "node:http"`],
  ["src/lab/a.ts", `import { app } from "../app/gateway.ts"`],
  ["src/cli/a.ts", `import { parts } from "../app/layer-factories.ts"`],
  [
    "src/main.ts",
    `import { layer } from "../layers/redis/client.ts"\nimport { whatsapp } from "../plugins/whatsapp/index.ts"`
  ],
  ["src/main.ts", `import * as NodeRuntime from "@effect/platform-node/NodeRuntime"`],
  ["src/connector/a.ts", `/** import { a } from "comporta/connector" */`],
  ["plugins/whatsapp/a/b.ts", `import { graph } from "../../meta/graph.ts"`],
  ["plugins/whatsapp/simulator/a.ts", `import * as HttpRouter from "effect/http/HttpRouter"`],
  ["layers/redis/a.ts", `import { Redis } from "ioredis"`],
  ["test/a.test.ts", `import { assert, it } from "@effect/vitest"`]
]

describe("rooms", () => {
  it.each(wrong)("a file %s must not write %s", (path, text) => {
    assert.lengthOf(mistakes(path, text), 1)
  })

  it.each(right)("a file %s may write %s", (path, text) => {
    assert.deepStrictEqual(mistakes(path, text), [])
  })

  it("imports between rooms go one way", () => {
    const sources = sourcesIn("src", "plugins", "layers", "web", "test", "scripts", "bin", "examples")
    const imports = sources.filter(({ path }) => path !== "test/house/rooms.test.ts").flatMap(importsOf)
    assert.isAbove(imports.length, 50)
    assert.deepStrictEqual(mistakesIn(imports), [])
  })
})
