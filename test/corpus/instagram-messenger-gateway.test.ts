import { createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { decode as instagram } from "../../plugins/instagram/inbound/decode.ts"
import { decode as messenger } from "../../plugins/messenger/inbound/decode.ts"
import { conserves, secrets } from "../support/client.ts"
import { ask } from "../support/http.ts"
import { installation } from "../support/program.ts"
import { corpus, published } from "./published.ts"

/** Accounts that the samples name by something that can be one; all others are placeholders, and strangers. */
const known = ["17841400000000000", "17841405726653026", "chatwoot-app-user-id-1"]

const file = (directory: string, port: number) => `
environment: local
server: { port: ${port} }
store: memory
secrets: { from: files, directory: "${directory}/secrets" }
api: { keys: [ { id: crm, secret: api/crm, scopes: [send, read, operate] } ] }
connectors:
  instagram:
    graph: { version: v25.0, baseUrl: "http://127.0.0.1:9" }
    secrets: { appSecret: meta/app-secret, verifyToken: meta/verify-token }
    accounts:
${known.map((id, index) => `      a${index}: { instagramAccountId: "${id}", secrets: { accessToken: whatsapp/support } }`).join("\n")}
    capabilities: [text]
  messenger:
    graph: { version: v25.0, baseUrl: "http://127.0.0.1:9" }
    secrets: { appSecret: meta/app-secret, verifyToken: meta/verify-token }
    accounts: { page: { pageId: "1", secrets: { accessToken: whatsapp/support } } }
    capabilities: [text]
`

const folders = [
  ["instagram-inbound", "instagram", instagram],
  ["instagram-comments", "instagram", instagram],
  ["messenger", "messenger", messenger]
] as const

describe.skipIf(corpus === undefined)("published payloads of Instagram and Messenger at a gateway", () => {
  it.live("the gateway answers 200 to every published payload, and admits or quarantines each item once", () =>
    Effect.gen(function* () {
      const program = yield* Effect.flatMap(installation({ file }), ({ start }) => start)
      let items = 0
      for (const [folder, id, decode] of folders) {
        for (const { name, body } of published(folder)) {
          const bytes = JSON.stringify(body)
          const signature = `sha256=${createHmac("sha256", secrets["meta/app-secret"]).update(bytes).digest("hex")}`
          const post = ask(`${program.url}/webhooks/${id}`, {
            method: "POST",
            headers: { "x-hub-signature-256": signature },
            body: bytes
          })
          const decoded = decode(body)
          items += 2 * decoded.length
          const first = yield* post
          assert.deepStrictEqual([first.status, first.headers["comporta-admitted"]], [200, "durable"], name)
          const sum = ["admitted", "deduped", "quarantined"].reduce((all, part) => all + Number(first.at(part)), 0)
          assert.strictEqual(sum, decoded.length, name)
          assert.deepStrictEqual((yield* post).json, { admitted: 0, deduped: decoded.length, quarantined: 0 }, name)
        }
      }
      const counts = yield* program.counts
      assert.strictEqual(counts.received, items)
      assert.isTrue(conserves(counts))
      assert.isAbove(counts.admitted, 0)
      const reasons = new Set((yield* program.line("inbound.quarantined")).map(({ failureCode }) => failureCode))
      assert.deepStrictEqual([...reasons], ["unknown_account"])
    })
  )
})

it.runIf(corpus === undefined)("the test has no published payloads to post here", () => {
  console.log("COMPORTA_CORPUS is not set: the published payloads were not posted to a gateway")
})
