import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Json, JsonObject } from "../../src/domain/json.ts"
import { canaries, leaksFrom, number, secrets, withoutExplanation } from "../support/canaries.ts"
import { ask, listening } from "../support/http.ts"
import { installation } from "../support/program.ts"
import { receiver } from "../support/receiver.ts"
import { redisServer } from "../support/redis-server.ts"
import { everythingIn } from "../support/store-contents.ts"
import { bytesOf, signature } from "../support/webhook.ts"

const person = number
const account = { instagram: "17840000000000001", messenger: "400000000000001" } as const
const object = { instagram: "instagram", messenger: "page" } as const

const file = (directory: string, port: number, redis: string, runtime: string, graph: string) => `
environment: local
server: { port: ${port} }
store: { url: "${redis}", durability: process, sealingKey: store/sealing-key, pepper: store/pepper }
secrets: { from: files, directory: "${directory}/secrets" }
runtime: { push: { url: "${runtime}", secret: runtime/signing } }
api: { keys: [ { id: crm, secret: api/crm, scopes: [send, read, operate] } ] }
connectors:
  whatsapp:
    graph: { version: v25.0, baseUrl: "${graph}" }
    secrets: { appSecret: meta/app-secret, verifyToken: meta/verify-token }
    accounts: { support: { phoneNumberId: "200000000000001", businessAccountId: "300000000000001", secrets: { accessToken: whatsapp/support } } }
    capabilities: [text, template, contacts, reaction, mark_read]
  instagram:
    graph: { version: v25.0, baseUrl: "${graph}" }
    secrets: { appSecret: meta/app-secret, verifyToken: meta/verify-token }
    accounts: { support: { instagramAccountId: "${account.instagram}", secrets: { accessToken: whatsapp/support } } }
    capabilities: [text, attachment, reaction, mark_seen, private_reply]
  messenger:
    graph: { version: v25.0, baseUrl: "${graph}" }
    secrets: { appSecret: meta/app-secret, verifyToken: meta/verify-token }
    accounts: { support: { pageId: "${account.messenger}", secrets: { accessToken: whatsapp/support } } }
    capabilities: [text, attachment, private_reply]
`

const messaging = (channel: keyof typeof account, ...items: ReadonlyArray<JsonObject>): Json => ({
  object: object[channel],
  entry: [{ id: account[channel], time: 1_780_000_000_000, messaging: items }]
})
const from = (channel: keyof typeof account, more: JsonObject): JsonObject => ({
  sender: { id: person },
  recipient: { id: account[channel] },
  timestamp: 1_780_000_000_000,
  ...more
})

describe("I7 other channels and media", () => {
  it.live(
    "the other channels and media leak nothing into logs, error responses, metrics or the store",
    () =>
      Effect.gen(function* () {
        const redis = yield* redisServer()
        const words = canaries["the provider's own words"]
        let refusing = false
        let reached = 0
        const graph = yield* listening((_, body, response) => {
          reached += 1
          if (refusing) {
            const error = {
              message: `${words} ${number}`,
              type: "OAuthException",
              code: 100,
              error_subcode: 4_242,
              fbtrace_id: number
            }
            return response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify({ error }))
          }
          return response.end(`${words}<html>${number}${String(body).slice(0, 50)}`)
        })
        const runtime = yield* receiver(`whsec_${canaries["the signing secret"]}`)
        const installed = yield* installation({
          sealed: true,
          secrets,
          file: (directory, port) => file(directory, port, redis.url, runtime.url, `http://127.0.0.1:${graph.port}`)
        })
        const program = yield* installed.start
        const authorization = `Bearer ${canaries["an API key"]}`
        const sinks: Record<string, string> = {}
        let requests = 0
        const call = (path: string, body: Uint8Array | string, headers: Readonly<Record<string, string>>) =>
          Effect.tap(ask(`${program.url}${path}`, { method: "POST", headers, body }), (answer) =>
            Effect.sync(
              () =>
                (sinks[`answer ${++requests} to ${path.split("?")[0]}`] =
                  withoutExplanation(answer.text) + JSON.stringify(answer.headers))
            )
          )
        const deliver = (channel: keyof typeof account, body: Json) =>
          call(`/webhooks/${channel}`, bytesOf(body), {
            "x-hub-signature-256": signature(canaries["the app secret"], bytesOf(body))
          })
        const send = (connector: string, capability: string, input: Json, more: JsonObject = { to: person }) =>
          call("/v1/intents", JSON.stringify({ connector, account: "support", capability, input, ...more }), {
            authorization,
            "idempotency-key": `${canaries["an idempotency key"]}-${requests}`
          })

        for (const channel of ["instagram", "messenger"] as const) {
          const said = { mid: `m_${Buffer.from(`${person}:${channel}`).toString("base64")}`, text: canaries["a text"] }
          yield* deliver(channel, messaging(channel, from(channel, { message: said })))
          yield* deliver(channel, messaging(channel, from(channel, { message: said })))
          yield* deliver(
            channel,
            messaging(channel, from(channel, { [canaries["a name"]]: { id: person } }), { sender: number })
          )
          yield* deliver(channel, messaging(channel, from(channel, { message: canaries["a text"] })))
          yield* deliver(channel, {
            object: object[channel],
            entry: [{ id: person, messaging: [from(channel, { message: said })] }]
          })
          yield* deliver(channel, { object: canaries["a name"], entry: number })
          yield* deliver(channel, {
            object: object[channel],
            entry: [
              {
                id: account[channel],
                time: 1,
                changes: [
                  { field: canaries["a name"], value: { from: { id: person, username: canaries["a user name"] } } }
                ]
              }
            ]
          })
        }
        yield* runtime.acknowledged(2)
        for (const refuse of [true, false]) {
          refusing = refuse
          for (const connector of ["whatsapp", "instagram", "messenger"]) {
            yield* send(connector, "text", { body: canaries["an answer"], text: canaries["an answer"] })
            yield* send(
              connector,
              "text",
              connector === "whatsapp" ? { body: canaries["an answer"] } : { text: canaries["an answer"] }
            )
            yield* send(connector, "private_reply", { text: canaries["an answer"] })
            yield* send(connector, "attachment", { type: "image", payload: { url: `https://x.test/${number}` } })
            yield* send(connector, "text", { text: [canaries["an answer"]] }, { to: canaries["a name"] })
          }
          yield* send("whatsapp", "contacts", {
            contacts: [
              { name: { formatted_name: canaries["a name"] }, phones: [{ phone: "+55 11 98765-0042", wa_id: number }] }
            ]
          })
          yield* send("whatsapp", "template", {
            name: "x",
            language: { code: "pt_BR" },
            components: [{ type: "body", parameters: [{ type: "text", text: canaries["a name"] }] }]
          })
          yield* send("whatsapp", "reaction", { message_id: number, emoji: canaries["a text"] })
          yield* send("whatsapp", "mark_read", { message_id: number }, {})
          const query = `account=support&filename=${canaries["a user name"]}.png`
          for (const connector of ["whatsapp", "instagram", canaries["a user name"]]) {
            yield* call(`/v1/media?connector=${connector}&${query}`, canaries["a text"], {
              authorization,
              "content-type": "image/png"
            })
          }
          yield* call(`/v1/media?connector=whatsapp&${query}`, canaries["a text"], {
            authorization,
            "content-type": canaries["a user name"]
          })
          for (const id of [number, canaries["an address"]]) {
            const medium = yield* ask(`${program.url}/v1/media/whatsapp/support/${id}`, { headers: { authorization } })
            assert.isAtLeast(medium.status, 400)
            sinks[`the medium ${++requests}`] = medium.text + JSON.stringify(medium.headers)
          }
        }
        sinks["the metrics"] = (yield* program.get("/metrics")).text
        sinks["the store"] = yield* everythingIn(redis.url)
        program.signal("SIGTERM")
        const { stdout, stderr, lines } = yield* program.ended
        assert.deepStrictEqual(leaksFrom({ ...sinks, stdout, stderr }), [])
        assert.isAbove(lines.length, 30)
        assert.isAbove(reached, 12)
        assert.isAbove(Object.keys(sinks).length, 50)
      }),
    90_000
  )
})
