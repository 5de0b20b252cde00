import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { bearer } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import { ask } from "../support/http.ts"
import { provider } from "../support/provider.ts"

const people = (count: number) => Array.from({ length: count }, (_, n) => `+1555020${1_000 + n}`)
const each = Effect.forEach
const together = { concurrency: "unbounded" } as const

describe("G25 limits over two replicas", () => {
  it.live("a recipient's limit admits 45 messages and rejects the next over two replicas", () =>
    Effect.gen(function* () {
      const graph = yield* provider()
      const one = yield* startGateway({ provider: graph.url })
      const two = yield* startGateway({ provider: graph.url, prefix: one.prefix })
      const keys = Array.from({ length: 60 }, (_, n) => `key-${n}`)
      const began = performance.now()
      const answers = yield* each(keys, (key, n) => (n % 2 === 0 ? one : two).send(key), together)
      const sent = answers.filter(({ status }) => status === 200)
      // One more for every 6 s that this took.
      const more = Math.floor((performance.now() - began) / 6_000)
      assert.isAtLeast(sent.length, 45)
      assert.isAtMost(sent.length, 45 + more)
      assert.lengthOf(graph.effects.all, sent.length)
      for (const answer of answers.filter(({ status }) => status !== 200)) {
        assert.strictEqual(answer.status, 429)
        assert.strictEqual(answer.at("code"), "limited_recipient")
        assert.deepStrictEqual([answer.at("outcome"), answer.at("safeNewKey")], ["failed", true])
        assert.match(String(answer.headers["retry-after"]), /^[1-6]$/)
      }
      const again = yield* each(keys, (key) => two.send(key), together)
      assert.isAtMost(again.filter((answer) => answer.at("outcome") === "sent").length, more + 5)
      assert.isAtLeast(again.filter((answer) => answer.at("outcome") === "deduped").length, sent.length)
    })
  )

  it.live("an account's limit applies to that account over two replicas", () =>
    Effect.gen(function* () {
      const graph = yield* provider()
      const options = { provider: graph.url, messagesPerSecond: 5 }
      const one = yield* startGateway(options)
      const two = yield* startGateway({ ...options, prefix: one.prefix })
      const began = performance.now()
      const answers = yield* each(people(60), (to, n) => (n % 2 === 0 ? one : two).send(`key-${n}`, { to }), together)
      const sent = answers.filter(({ status }) => status === 200).length
      assert.isAtLeast(sent, 5)
      assert.isAtMost(sent, 5 + Math.ceil((performance.now() - began) / 200))
      assert.lengthOf(graph.effects.all, sent)
    })
  )
})

describe("G27 account state over two replicas", () => {
  it.live("a credential rejected at one replica pauses both, until an operator resumes the account at either", () =>
    Effect.gen(function* () {
      const graph = yield* provider()
      const one = yield* startGateway({ provider: graph.url })
      const two = yield* startGateway({ provider: graph.url, prefix: one.prefix })
      graph.next({ refuse: 190 })
      assert.strictEqual((yield* one.send("first")).status, 502)
      yield* one.log.waitFor("account.paused")
      const held = yield* two.send("second")
      assert.deepStrictEqual([held.status, held.at("code")], [503, "paused_auth"])
      assert.match(String(held.headers["retry-after"]), /^\d+$/)
      const { json } = yield* two.get("/v1/accounts")
      assert.containSubset(json, { accounts: [{ account: "support", state: "paused", why: "auth", code: "190" }] })
      assert.strictEqual((yield* one.send("second")).status, 503)
      assert.lengthOf(graph.requests.all, 1)
      const resume = `${two.url}/v1/accounts/whatsapp/support/resume`
      assert.strictEqual((yield* ask(resume, { method: "POST", headers: bearer("crm"), body: "" })).status, 200)
      assert.strictEqual((yield* one.send("second")).at("outcome"), "sent")
    })
  )
})
