import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { canaries, leaksFrom, secrets } from "../support/canaries.ts"
import { hastyEntry } from "../support/hasty.ts"
import { ask, listening } from "../support/http.ts"
import { comporta, installation } from "../support/program.ts"
import { bytesOf, messages, signature, text } from "../support/webhook.ts"

const query = `?code=${canaries["a password"]}`
const given = {
  ...secrets,
  "runtime/bearer": `Bearer ${canaries["an unknown access token"]}`
}

const authorization = `Bearer ${canaries["an API key"]}`

const file = (runtime: string) => (directory: string, port: number) =>
  `
environment: local
server: { port: ${port} }
store: memory
secrets: { from: files, directory: "${directory}/secrets" }
runtime:
  push:
    url: "${runtime}${query}"
    secret: runtime/signing
    headers: { x-key: ${canaries["an answer"]}, authorization: { secret: runtime/bearer } }
api: { keys: [ { id: crm, secret: api/crm, scopes: [send, read, operate] } ] }
connectors:
  whatsapp:
    graph: { version: v25.0, baseUrl: "http://127.0.0.1:9" }
    secrets: { appSecret: meta/app-secret, verifyToken: meta/verify-token }
    accounts: { support: { phoneNumberId: "200000000000001", businessAccountId: "300000000000001", secrets: { accessToken: whatsapp/support } } }
    capabilities: [text]
`

describe("I7 URL query and headers of the runtime", () => {
  it.live(
    "the query and headers reach the runtime, and leak into no log line, response or metric",
    () =>
      Effect.gen(function* () {
        const reached: Array<string> = []
        let status = 204
        const runtime = yield* listening((request, _, response) => {
          reached.push(`${request.url} ${request.headers["x-key"]} ${request.headers.authorization}`)
          response.writeHead(status).end()
        })
        const address = `http://127.0.0.1:${runtime.port}/events`
        const sinks: Record<string, string> = {}
        for (const [answered, url, line] of [
          [204, address, "dispatch.delivered"],
          [400, address, "dispatch.refused"],
          [0, "http://127.0.0.1:9/events", "dispatch.held"]
        ] as const) {
          status = answered
          const installed = yield* installation({ secrets: given, file: file(url), entry: hastyEntry })
          const checked = yield* comporta(["check", "--config", installed.file])
          sinks[`check before ${line}`] = checked.stdout + checked.stderr
          const program = yield* installed.start
          const body = messages(text("wamid.1"))
          yield* program.post(body, { "x-hub-signature-256": signature(canaries["the app secret"], bytesOf(body)) })
          yield* program.line(line)
          for (const path of ["/metrics", "/readyz", "/v1/dead-letters", "/v1/events"]) {
            const answer = yield* ask(`${program.url}${path}`, { headers: { authorization } })
            sinks[`${path} after ${line}`] = answer.text + JSON.stringify(answer.headers)
          }
          program.signal("SIGTERM")
          yield* program.ended
          sinks[`the output with ${line}`] = program.output()
        }
        assert.include(reached, `/events${query} ${canaries["an answer"]} ${given["runtime/bearer"]}`)
        assert.deepStrictEqual(leaksFrom(sinks), [])
      }),
    60_000
  )
})
