import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { layer as vaultLayer } from "../../layers/secrets/vault.ts"
import { SecretStore } from "../../src/secrets/secret-store.ts"
import { canaries, leaksFrom, number, wamid } from "../support/canaries.ts"
import { bearer } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import { ask, listening } from "../support/http.ts"
import { installation } from "../support/program.ts"
import { provider } from "../support/provider.ts"
import { messages, text } from "../support/webhook.ts"

/** Keeps every span that is begun, as an exporter would have it. */
const capturing = () => {
  const spans: Array<Tracer.NativeSpan> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  const exported = () =>
    JSON.stringify(
      spans.map(({ name, attributes, events, links, status }) => ({
        name,
        attributes: [...attributes],
        events: events.map(([event, , more]) => [event, more]),
        links: links.map((link) => link.attributes),
        failure: status._tag === "Ended" ? String(status.exit) : ""
      }))
    )
  return { spans, exported, tracer }
}

describe("I7 traces", () => {
  it.effect("the search finds canaries in a span's name, attributes, annotations and result", () =>
    Effect.gen(function* () {
      const { exported, tracer } = capturing()
      yield* Effect.void.pipe(
        Effect.withSpan(`to ${number}`),
        Effect.andThen(Effect.withSpan(Effect.void, "a", { attributes: { text: canaries["a text"] } })),
        Effect.andThen(Effect.withSpan(Effect.annotateCurrentSpan({ key: canaries["an idempotency key"] }), "b")),
        Effect.andThen(Effect.exit(Effect.withSpan(Effect.fail(canaries["an answer"]), "c"))),
        Effect.provideService(Tracer.Tracer, tracer)
      )
      assert.sameMembers(
        [...leaksFrom({ spans: exported() })],
        ["a phone number in spans", "a text in spans", "an idempotency key in spans", "an answer in spans"]
      )
    })
  )

  it.live("traces hold no person, content or key, whatever request the gateway serves", () =>
    Effect.gen(function* () {
      const { exported, tracer } = capturing()
      const graph = yield* provider(wamid)
      const gateway = yield* startGateway({ store: "memory", provider: graph.url }).pipe(
        Effect.provideService(Tracer.Tracer, tracer)
      )
      const from = { from: number, from_user_id: canaries["a user id"] }
      const said = messages(text(wamid(1), { ...from, text: { body: canaries["a text"] } }))
      assert.strictEqual((yield* gateway.deliver(said)).status, 200)
      yield* gateway.post(said, { "x-hub-signature-256": canaries["an unsigned body"] })
      const body = { to: `+${number}`, input: { body: canaries["an answer"] } }
      assert.strictEqual((yield* gateway.send(canaries["an idempotency key"], body)).status, 200)
      graph.next({ refuse: 131_026, says: canaries["the provider's own words"] }, "drop")
      yield* gateway.send(`${canaries["an idempotency key"]}-1`, body)
      yield* gateway.send(`${canaries["an idempotency key"]}-2`, body)
      const headers = {
        ...bearer("crm"),
        "user-agent": canaries["a name"],
        referer: canaries["an address"],
        "comporta-correlation-id": canaries["a correlation id"],
        "x-forwarded-for": canaries["a user name"]
      }
      for (const path of [
        `/v1/intents/${wamid(1)}`,
        `/v1/events?conversation=${number}`,
        `/v1/media/whatsapp/support/${number}`,
        `/${canaries["an address"]}?to=${number}`,
        `/webhooks/whatsapp?hub.verify_token=${canaries["the verify token"]}`
      ]) {
        yield* ask(`${gateway.url}${path}`, { headers })
      }
      const forget = { connector: "whatsapp", person: number, reason: canaries["a name"] }
      yield* ask(`${gateway.url}/v1/people/forget`, { method: "POST", headers, body: JSON.stringify(forget) })
      assert.deepStrictEqual(leaksFrom({ spans: exported() }), [])
    })
  )

  it.live("traces hold no token of a secret store and no secret", () =>
    Effect.gen(function* () {
      const { exported, tracer } = capturing()
      const value = canaries["the app secret"]
      const server = yield* listening((_, __, response) => {
        response.setHeader("content-type", "application/json")
        response.end(JSON.stringify({ data: { data: { value }, metadata: { version: 1, created_time: "" } } }))
      })
      const installed = yield* installation({ secrets: { "vault/token": canaries["the access token"] } })
      const options = {
        from: "vault",
        address: `http://127.0.0.1:${server.port}`,
        mount: "secret",
        auth: { _tag: "TokenFile", path: join(installed.directory, "secrets/vault/token") }
      } as const
      const store = vaultLayer(options).pipe(Layer.provide(NodeFileSystem.layer))
      const { current } = yield* SecretStore.use(({ read }) => read("meta/app-secret")).pipe(
        Effect.provide(store),
        Effect.provideService(Tracer.Tracer, tracer)
      )
      assert.strictEqual(Redacted.value(current), value)
      assert.deepStrictEqual(leaksFrom({ spans: exported() }), [])
    })
  )
})
