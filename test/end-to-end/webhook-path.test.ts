import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { secrets } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import { ask } from "../support/http.ts"
import { bytesOf, messages, signature, text } from "../support/webhook.ts"

describe("webhook path", () => {
  it.live("the webhook path accepts a trailing slash, for handshake and webhooks, with a query too", () =>
    Effect.gen(function* () {
      const gateway = yield* startGateway({ store: "memory" })
      const query = `hub.mode=subscribe&hub.verify_token=${secrets["meta/verify-token"]}&hub.challenge=42`
      for (const path of ["/webhooks/whatsapp", "/webhooks/whatsapp/"]) {
        const handshake = yield* ask(`${gateway.url}${path}?${query}`)
        assert.deepStrictEqual([handshake.status, handshake.text], [200, "42"], path)
        assert.strictEqual((yield* ask(`${gateway.url}${path}?${query.replace("token=", "token=x")}`)).status, 403)
        for (const more of ["", "?from=proxy"]) {
          const body = bytesOf(messages(text(`wamid.${path}${more}`)))
          const headers = { "x-hub-signature-256": signature(secrets["meta/app-secret"], body) }
          const answer = yield* ask(`${gateway.url}${path}${more}`, { method: "POST", headers, body })
          assert.deepStrictEqual([answer.status, answer.json], [200, { admitted: 1, deduped: 0, quarantined: 0 }], path)
        }
        assert.strictEqual((yield* ask(`${gateway.url}${path}`, { method: "PUT" })).status, 405)
      }
    })
  )

  it.live("the webhook path accepts one trailing slash at most, and nothing else after the name", () =>
    Effect.gen(function* () {
      const gateway = yield* startGateway({ store: "memory" })
      for (const path of [
        "/webhooks/whatsapp//",
        "/webhooks/",
        "/webhooks//",
        "/webhooks/telegram/",
        "/webhooks/whatsapp/x"
      ]) {
        assert.strictEqual(
          (yield* ask(`${gateway.url}${path}`, { method: "POST", body: Buffer.from("{}") })).status,
          404
        )
      }
    })
  )
})
