import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { isGraphAnswer } from "../../../plugins/meta/graph-answer.ts"
import { NotSent, OutcomeUnknown, type ProviderAnswer } from "../../../src/connector/provider-http.ts"
import { healthOfFailure } from "../../../src/outbound/accounts/provider-health.ts"
import { provider } from "../../support/provider.ts"
import { startGateway } from "../../support/gateway.ts"

const statuses = Array.from({ length: 500 }, (_, n) => 100 + n)
const envelope = (code: number) => JSON.stringify({ error: { message: "x", type: "OAuthException", code } })
const judged = (status: number, body: string) => {
  const answer: ProviderAnswer = { status, headers: {}, body }
  return healthOfFailure({ _tag: "Answered", answer }, isGraphAnswer)
}
const unwell = (body: string) => statuses.filter((status) => judged(status, body) === "bad")

describe("G48 provider health", () => {
  it("provider health is good after a whole Graph error below 500 and bad after any status from 500 on", () => {
    for (const code of [131058, 1, 2, 131000, 100]) {
      assert.deepStrictEqual(
        unwell(envelope(code)),
        statuses.filter((status) => status >= 500)
      )
    }
  })

  it.each(["<html>Not Found</html>", "", '{"message":"no route"}', '{"error":"denied"}', "[]", "null"])(
    "provider health is bad after an error status whose body came from a proxy: %s",
    (body) => {
      const errors = statuses.filter((status) => status >= 300)
      assert.includeMembers(unwell(body), errors)
    }
  )

  it("provider health is bad when no whole response arrived, and unaffected by the gateway's own mistakes", () => {
    const lost = (error: NotSent | OutcomeUnknown) => healthOfFailure({ _tag: "Lost", error }, isGraphAnswer)
    for (const reason of ["timeout", "connection_lost", "truncated"] as const) {
      assert.strictEqual(lost(new OutcomeUnknown({ reason, status: 400 })), "bad")
    }
    for (const reason of ["refused", "dns", "tls", "connect_timeout", "network"] as const) {
      assert.strictEqual(lost(new NotSent({ reason })), "bad")
    }
    for (const reason of ["too_late", "invalid"] as const) assert.strictEqual(lost(new NotSent({ reason })), "none")
    assert.strictEqual(healthOfFailure({ _tag: "Nothing" }, isGraphAnswer), "none")
  })
})

describe.concurrent("G48 ten failed calls in a row", () => {
  const running = (turn: "html" | { readonly refuse: number }) =>
    Effect.gen(function* () {
      const graph = yield* provider()
      const gateway = yield* startGateway({ store: "memory", provider: graph.url })
      graph.next(...Array.from({ length: 10 }, () => turn))
      for (let n = 0; n < 10; n++) yield* gateway.send(`refused-${n}`, { to: `+1555000110${n}` })
      return { graph, gateway, reply: yield* gateway.send("innocent", { to: "+15550009200" }) }
    })

  for (const code of [131058, 987_654, 1]) {
    it.live(`ten calls that the provider rejected with code ${code} pause no account`, () =>
      Effect.gen(function* () {
        const { graph, gateway, reply } = yield* running({ refuse: code })
        assert.strictEqual(reply.status, 200, reply.text)
        assert.lengthOf(graph.effects.all, 1)
        assert.lengthOf(gateway.log.of("account.paused"), 0)
      })
    )
  }

  it.live("ten calls that a proxy answered pause the account", () =>
    Effect.gen(function* () {
      const { reply } = yield* running("html")
      assert.strictEqual(reply.status, 503, reply.text)
      assert.strictEqual(reply.at("failure", "code"), "paused_breaker")
    })
  )
})
