import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import * as http from "node:http"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { InboundEvent } from "../../src/domain/event.ts"
import { EventId } from "../../src/domain/ids.ts"
import { Runtime, type RuntimeAnswer } from "../../src/inbound/runtime/runtime.ts"
import { portOf } from "../layers/provider-http/peer.ts"
import { anEvent, personal } from "../layers/runtime-push/an-event.ts"
import { pushing, secretOf } from "../layers/runtime-push/receiver.ts"

interface Intent {
  readonly path: string | undefined
  readonly key: string | undefined
  readonly authorization: string | undefined
  readonly body: unknown
}

/** What the receiver takes for the gateway: remembers intents, answers with the next of `statuses`, then 200. */
const gateway = (statuses: ReadonlyArray<number>) =>
  Effect.acquireRelease(
    Effect.callback<{ server: http.Server; intents: ReadonlyArray<Intent>; url: string }>((resume) => {
      const intents: Array<Intent> = []
      const server = http.createServer((request, response) => {
        let text = ""
        request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
        request.on("end", () => {
          const { "idempotency-key": key, authorization } = request.headers
          intents.push({ path: request.url, key: key?.toString(), authorization, body: JSON.parse(text) })
          response.writeHead(statuses[intents.length - 1] ?? 200).end("{}")
        })
      })
      server.listen(0, "127.0.0.1", () => {
        resume(Effect.succeed({ server, intents, url: `http://127.0.0.1:${portOf(server)}` }))
      })
    }),
    ({ server }) =>
      Effect.sync(() => {
        server.close()
        server.closeAllConnections()
      })
  )

const started = (command: string, file: string, gatewayUrl: string) =>
  Effect.acquireRelease(
    Effect.callback<{ child: ChildProcess; url: string }>((resume) => {
      const env = {
        ...process.env,
        PORT: "0",
        COMPORTA_URL: gatewayUrl,
        COMPORTA_KEY: "key",
        RUNTIME_SECRET: secretOf(1)
      }
      const path = fileURLToPath(new URL(`../../examples/${file}`, import.meta.url))
      const child = spawn(command, [path], { env, stdio: ["ignore", "pipe", "inherit"] })
      child.stdout.once("data", (line) => {
        const port = /"port": ?(\d+)/.exec(String(line))?.[1]
        resume(Effect.succeed({ child, url: `http://127.0.0.1:${port}/` }))
      })
    }),
    ({ child }) =>
      Effect.callback<void>((resume) => {
        child.once("close", () => resume(Effect.void))
        child.kill()
      })
  )

const acknowledged: RuntimeAnswer = { _tag: "Acknowledged" }
const held: RuntimeAnswer = { _tag: "Held", reason: "http_503", sign: "unclear" }
const refused: RuntimeAnswer = { _tag: "Held", reason: "http_401", sign: "away" }
const other = EventId.make(`evt_${"d4".repeat(16)}`)

const python = spawnSync("python3", ["--version"]).status === 0
if (!python) console.log("skipped: the Python example needs python3")

describe.each([
  ["receiver.ts", process.execPath, true],
  ["receiver.py", "python3", python]
] as const)("example %s", (file, command, present) => {
  const test = it.live.skipIf(!present)
  const between = Effect.fnUntraced(function* (statuses: ReadonlyArray<number> = []) {
    const { intents, url: gatewayUrl } = yield* gateway(statuses)
    const { url } = yield* started(command, file, gatewayUrl)
    const deliver = (event: InboundEvent, secret = secretOf(1)) =>
      Runtime.use((runtime) => runtime.deliver(event)).pipe(Effect.provide(pushing({ url }, () => [secret])))
    return { intents, deliver }
  })

  test("the example echoes a WhatsApp text once, under a key made of the event id", () =>
    Effect.gen(function* () {
      const { intents, deliver } = yield* between()
      assert.deepStrictEqual(yield* deliver(anEvent()), acknowledged)
      assert.deepStrictEqual(yield* deliver(anEvent()), acknowledged)
      assert.deepStrictEqual(intents, [
        {
          path: "/v1/intents",
          key: `reply-${anEvent().eventId}`,
          authorization: "Bearer key",
          body: {
            connector: "whatsapp",
            account: "support",
            capability: "text",
            to: "+5511987654321",
            input: { body: "olá, quanto é? 10 € 🌊" }
          }
        }
      ])
    }))

  test("the example answers a person without a phone number by user id", () =>
    Effect.gen(function* () {
      const { intents, deliver } = yield* between()
      yield* deliver(anEvent({ ...personal, from: "BR.13491208655302741918" }))
      assert.deepInclude(intents[0]?.body, { to: "BR.13491208655302741918" })
    }))

  test("the example requests redelivery while the gateway cannot take the intent, and keeps the key", () =>
    Effect.gen(function* () {
      const { intents, deliver } = yield* between([503, 409, 401])
      for (const _ of [503, 409, 401]) assert.deepStrictEqual(yield* deliver(anEvent()), held)
      assert.deepStrictEqual(yield* deliver(anEvent()), acknowledged)
      assert.deepStrictEqual(new Set(intents.map(({ key }) => key)), new Set([`reply-${anEvent().eventId}`]))
      assert.lengthOf(intents, 4)
    }))

  test("the example requests no redelivery for a failed or doubtful intent", () =>
    Effect.gen(function* () {
      const { intents, deliver } = yield* between([422, 504])
      assert.deepStrictEqual(yield* deliver(anEvent()), acknowledged)
      assert.deepStrictEqual(yield* deliver(anEvent(personal, { eventId: other })), acknowledged)
      assert.lengthOf(intents, 2)
    }))

  test("the example acknowledges every other event and does nothing", () =>
    Effect.gen(function* () {
      const { intents, deliver } = yield* between()
      const status = anEvent({ providerId: "p", content: { status: "read" } }, { type: "whatsapp.status.read" })
      assert.deepStrictEqual(yield* deliver(status), acknowledged)
      assert.lengthOf(intents, 0)
    }))

  test("the example acknowledges any text message, and sends nothing without a text", () =>
    Effect.gen(function* () {
      const { intents, deliver } = yield* between()
      const contents = [null, "text", [], {}, { text: null }, { text: "a" }, { text: {} }, { text: { body: 5 } }]
      for (const [n, content] of contents.entries()) {
        const eventId = EventId.make(`evt_${String(n).padStart(32, "0")}`)
        const event = anEvent({ ...personal, content }, { eventId })
        assert.deepStrictEqual(yield* deliver(event), acknowledged, JSON.stringify(content))
      }
      const { from: _, ...withoutSender } = personal
      assert.deepStrictEqual(yield* deliver(anEvent(withoutSender)), acknowledged)
      assert.lengthOf(intents, 0)
    }))

  test("the example rejects an event that another secret signed", () =>
    Effect.gen(function* () {
      const { intents, deliver } = yield* between()
      assert.deepStrictEqual(yield* deliver(anEvent(), secretOf(2)), refused)
      assert.lengthOf(intents, 0)
    }))

  it.effect.skipIf(!present)("the example rejects a genuine delivery that is too old", () =>
    Effect.gen(function* () {
      const { intents, deliver } = yield* between()
      assert.deepStrictEqual(yield* deliver(anEvent()), refused)
      assert.lengthOf(intents, 0)
    })
  )
})
