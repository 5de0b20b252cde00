import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { type Overrides, readConfig } from "../../src/config/read.ts"

/** A file as an operator of staging would write it: every key of the reference. */
export const staging = `environment: staging
server: { host: 0.0.0.0, port: 8443, management: { host: 10.0.0.5, port: 9443 } }
store:
  url: redis://redis:6379
  password: redis/password
  durability: host
  retention: { dedupe: 9 days, delivered: 12 hours, statuses: 3 hours, deadLetters: 3 weeks, intents: 31 days, tombstones: 401 days }
  sealingKey: store/sealing-key
  pepper: store/pepper
secrets: { from: vault, address: https://vault:8200, mount: kv, auth: { kubernetes: { role: comporta } } }
runtime:
  push: { url: http://app.internal/comporta, secret: runtime/signing, transport: mesh }
api:
  keys:
    - { id: crm, secret: api/crm, scopes: [send, read, operate] }
    - { id: shop, secret: api/shop, scopes: [send], namespace: crm }
boot: { deadCredential: pause }
telemetry: { otlp: { endpoint: http://collector:4318 } }
readiness: { trust: /etc/comporta/trust.json, recorder: readiness/recorder, build: /etc/comporta/build-record.json, breakGlass: /etc/comporta/break-glass.json }
staging: { people: { whatsapp: [staging/people/ana] } }
connectors:
  whatsapp:
    graph: { version: v25.0 }
    secrets: { appSecret: meta/app-secret, verifyToken: meta/verify-token }
    accounts:
      support: { phoneNumberId: "106540352242922", secrets: { accessToken: whatsapp/support } }
    capabilities: [text, mark_read]
`

/** Reads a text as if it were the file at `comporta.yaml`. */
export const readText = (text: string, overrides: Overrides = {}) =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const directory = yield* files.makeTempDirectoryScoped()
    yield* files.writeFileString(`${directory}/comporta.yaml`, text)
    return yield* readConfig(`${directory}/comporta.yaml`, overrides)
  }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))

/** The mistakes of a text, each as a line without the directory. */
export const mistakesOf = (text: string, overrides: Overrides = {}) =>
  readText(text, overrides).pipe(
    Effect.flip,
    Effect.map((error) =>
      error._tag === "ConfigMistakes"
        ? error.message.split("\n").map((line) => line.replace(/^.*comporta\.yaml:?/, ""))
        : []
    )
  )
