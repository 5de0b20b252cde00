import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { digest } from "../../layers/node-crypto/hmac.ts"
import { simulate } from "../../plugins/whatsapp/simulator/index.ts"
import { bearer, secrets } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import { ask } from "../support/http.ts"
import { businessAccountId, phoneNumberId } from "../support/webhook.ts"

describe("simulated Graph API", () => {
  it.live("the simulator keeps the uploads of a gateway, and returns them only with the access token", () =>
    Effect.gen(function* () {
      const simulator = yield* simulate({
        webhookUrl: "http://127.0.0.1:9",
        secrets: { appSecret: Redacted.make(secrets["meta/app-secret"]) },
        accounts: [
          {
            account: { phoneNumberId, businessAccountId },
            secrets: { accessToken: Redacted.make(secrets["whatsapp/support"]) }
          }
        ],
        digest
      }).pipe(Effect.provide(FetchHttpClient.layer))
      const served = yield* Layer.build(
        HttpRouter.serve(simulator.routes, { disableLogger: true, disableListenLog: true }).pipe(
          Layer.provideMerge(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
          Layer.orDie
        )
      )
      const provider = HttpServer.formatAddress(Context.get(served, HttpServer.HttpServer).address)
      const gateway = yield* startGateway({ store: "memory", provider })
      const uploaded = yield* ask(`${gateway.url}/v1/media?connector=whatsapp&account=support&filename=a.txt`, {
        method: "POST",
        headers: { ...bearer("crm"), "content-type": "text/plain" },
        body: "olá"
      })
      assert.strictEqual(uploaded.status, 200)
      const id = String(uploaded.at("id"))
      const got = yield* gateway.get(`/v1/media/whatsapp/support/${id}`)
      assert.deepStrictEqual([got.status, got.text, got.headers["content-type"]], [200, "olá", "text/plain"])
      assert.strictEqual((yield* ask(`${provider}/_media/${id}`)).status, 404)
      const token = { authorization: `Bearer ${secrets["whatsapp/support"]}` }
      const remove = ask(`${provider}/v25.0/${id}`, { method: "DELETE", headers: token })
      assert.deepStrictEqual((yield* remove).json, { success: true })
      assert.strictEqual((yield* remove).status, 400)
      assert.strictEqual((yield* gateway.get(`/v1/media/whatsapp/support/${id}`)).status, 404)
      assert.strictEqual((yield* gateway.get("/v1/media/whatsapp/support/1")).status, 404)
    })
  )
})
