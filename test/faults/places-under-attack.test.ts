import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { conserves, secrets } from "../support/client.ts"
import { type Answer, listening } from "../support/http.ts"
import { installation, type Program } from "../support/program.ts"
import { recorded } from "../support/recorded.ts"
import { businessAccountId, messages, phoneNumberId, text } from "../support/webhook.ts"

const many = (count: number) => Array.from({ length: count }, (_, n) => n)

/** Valid webhooks at once, each new; how each was answered. */
const valid = (program: Program, name: string, count: number) =>
  Effect.forEach(many(count), (n) => program.deliver(messages(text(`wamid.${name}-${n}`))), { concurrency: 8 }).pipe(
    Effect.map((answers) => answers.map(({ status }) => status))
  )

/** Vault in small, which can be told to keep everybody waiting. */
const slowVault = Effect.gen(function* () {
  const held: Array<() => void> = []
  let slow = false
  const server = yield* listening((request, _, response) => {
    const ref = decodeURIComponent((request.url ?? "").replace("/v1/secret/data/", ""))
    const value = Object.entries(secrets).find(([name]) => name === ref)?.[1]
    const answer = () => {
      response.writeHead(value === undefined ? 404 : 200, { "content-type": "application/json" })
      response.end(JSON.stringify({ data: { data: { value }, metadata: { version: 1, created_time: "" } } }))
    }
    if (slow) held.push(answer)
    else answer()
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    holds: () => {
      slow = true
    },
    lets: () => {
      slow = false
      for (const answer of held.splice(0)) answer()
    }
  }
})

const file = (vault: string) => (directory: string, port: number) => {
  writeFileSync(join(directory, "token"), "a-token")
  return `
environment: local
server: { port: ${port} }
store: memory
secrets: { from: vault, address: "${vault}", poll: 1 hour, auth: { tokenFile: "${directory}/token" } }
api: { keys: [ { id: crm, secret: api/crm, scopes: [send, read] } ] }
connectors:
  whatsapp:
    graph: { version: v25.0, baseUrl: "http://127.0.0.1:9" }
    secrets: { appSecret: meta/app-secret, verifyToken: meta/verify-token }
    accounts:
      support: { phoneNumberId: "${phoneNumberId}", businessAccountId: "${businessAccountId}", secrets: { accessToken: whatsapp/support } }
    capabilities: [text]
`
}

describe("places that an attack takes", () => {
  it.live("G29 a flood that waits for a slow secret store leaves places for what is signed", () =>
    Effect.gen(function* () {
      const vault = yield* slowVault
      const place = yield* installation({ file: file(vault.url) })
      const program = yield* place.start
      const answers = recorded<Answer>()
      vault.holds()
      const unsigned = (n: number) =>
        Effect.map(program.post(messages(text(`wamid.flood-${n}`)), {}), (answer) => answers.add(answer))
      const flood = yield* Effect.forkChild(Effect.forEach(many(1_400), unsigned, { concurrency: "unbounded" }))
      yield* answers.atLeast(1)
      assert.deepStrictEqual(new Set(yield* valid(program, "beside", 50)), new Set([200]))
      vault.lets()
      yield* Fiber.join(flood)
      const told = answers.all.map(({ status }) => status)
      assert.deepStrictEqual(new Set(told), new Set([401, 503]))
      assert.isAtLeast(told.filter((status) => status === 401).length, 256)
      const busy = answers.all.find(({ status }) => status === 503)
      assert.deepStrictEqual([busy?.at("code"), busy?.headers["retry-after"]], ["too_many_at_once", "1"])
      const counts = yield* program.counts
      assert.deepStrictEqual([counts.received, counts.admitted], [50, 50])
      assert.isTrue(conserves(counts))
      assert.deepStrictEqual(new Set(yield* valid(program, "after", 5)), new Set([200]))
    })
  )
})
