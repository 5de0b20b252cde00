import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Json } from "../../src/domain/json.ts"
import { canaries, leaksIn, number, secrets, wamid, withoutExplanation } from "../support/canaries.ts"
import type { Client } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import { type Answer, ask } from "../support/http.ts"
import { testBedOf } from "../support/test-bed.ts"
import { provider } from "../support/provider.ts"
import { everythingIn } from "../support/store-contents.ts"
import { bytesOf, change, entry, messages, signature, status, statuses, text, webhook } from "../support/webhook.ts"

const person = { from: number, from_user_id: canaries["a user id"] }
const contacts: Json = [
  {
    profile: { name: canaries["a name"], username: canaries["a user name"] },
    wa_id: number,
    user_id: canaries["a user id"]
  }
]

const said = (n: number, more = {}) =>
  webhook(
    entry(
      change({
        metadata: { display_phone_number: canaries["a display number"], phone_number_id: "200000000000001" },
        contacts,
        messages: [text(wamid(n), { ...person, text: { body: canaries["a text"] }, ...more })]
      })
    )
  )

const errors = [{ code: 131026, title: canaries["the provider's own words"], message: number }]

const aText = { connector: "whatsapp", account: "support", capability: "text" }

const sendAs = (program: Client, key: string, body: Json, more: Readonly<Record<string, string>>) =>
  ask(`${program.url}/v1/intents`, {
    method: "POST",
    headers: { authorization: `Bearer ${canaries["an API key"]}`, "idempotency-key": key, ...more },
    body: JSON.stringify(body)
  })

describe("I7 leak detection", () => {
  it("the leak detection finds a canary in plain text, in base64 at any offset, and escaped", () => {
    const hidden = Buffer.from(`ab${number}cd`).toString("base64")
    for (const text of [`x ${number} y`, `{"id":"wamid.${hidden}"}`, `=${hidden}==`, wamid(3)]) {
      assert.include(leaksIn("here", text), "a phone number in here")
    }
    assert.deepStrictEqual(leaksIn("here", "evt_0123456789abcdef and nothing else"), [])
  })
})

describe("I7 leaks", () => {
  it.live(
    "the gateway leaks nothing into output, error responses, metrics or store, on success and failure",
    () =>
      Effect.gen(function* () {
        const { redis, graph, runtime, installed } = yield* testBedOf({ sealed: true, secrets }, wamid)
        const program = yield* installed.start
        const answers: Array<readonly [where: string, answer: Answer]> = []
        const note = <E>(where: string, answer: Effect.Effect<Answer, E>) =>
          Effect.tap(answer, (one) => Effect.sync(() => answers.push([where, one])))
        const deliver = (where: string, body: Json | Uint8Array) =>
          note(
            where,
            program.post(body, { "x-hub-signature-256": signature(canaries["the app secret"], bytesOf(body)) })
          )
        const send = (where: string, key: string, body: Json, more: Readonly<Record<string, string>> = {}) =>
          note(where, sendAs(program, key, body, more))

        runtime.replies(wamid(2), 400, 200)
        runtime.replies(wamid(3), "drop")
        yield* deliver("a first webhook", said(1))
        yield* deliver("its repeat", said(1))
        yield* deliver("one that the runtime refuses", said(2))
        yield* deliver("one that it drops", said(3))
        yield* deliver("one of an unknown type", said(4, { type: canaries["a user name"] }))
        yield* deliver("a stranger's", messages(text(wamid(5), { ...person, metadata: 1 })))
        yield* deliver(
          "an unknown account's",
          webhook(entry(change({ contacts, messages: [text(wamid(6), person)] }, number)))
        )
        yield* deliver("a field of no one", webhook(entry({ field: canaries["a text"], value: { wa_id: number } })))
        yield* deliver("what is no object", messages(canaries["a text"], [number]))
        yield* deliver("what is no JSON", Buffer.from(`{"${canaries["a body that is no JSON"]}": ${number}`))
        yield* deliver(
          "what is no UTF-8",
          Buffer.concat([Buffer.from(canaries["a body that is no JSON"]), Buffer.from([0xff])])
        )
        yield* deliver(
          "a failed status",
          statuses(status("failed", number, { id: wamid(7), recipient_id: number, errors }))
        )
        yield* deliver(
          "an odd status",
          statuses(status(canaries["a name"], "", { id: wamid(8), recipient_id: number }))
        )
        yield* note("an unsigned one", program.post(Buffer.from(canaries["an unsigned body"]), {}))
        yield* note(
          "a badly signed one",
          program.post(said(9), { "x-hub-signature-256": canaries["an unsigned body"], "user-agent": number })
        )
        yield* note("a wrong handshake", program.get(`/webhooks/whatsapp?hub.verify_token=${canaries["an address"]}`))
        yield* note(
          "an unknown connector",
          program.post(said(9), {}).pipe(Effect.andThen(program.get(`/webhooks/${canaries["an address"]}`)))
        )

        const key = canaries["an idempotency key"]
        const reply: Json = { ...aText, to: `+${number}`, input: { body: canaries["an answer"] } }
        const thread = { "comporta-correlation-id": canaries["a correlation id"] }
        const sent = yield* sendAs(program, key, reply, thread)
        assert.strictEqual(sent.status, 200)
        graph.next({ refuse: 131026, says: canaries["the provider's own words"] })
        yield* send("a refusal", `${key}-1`, reply)
        graph.next({ refuse: 100, says: `${canaries["the provider's own words"]} ${number}` })
        yield* send("a refusal of the request", `${key}-2`, reply)
        graph.next({ refuse: 424_242, says: number })
        yield* send("a refusal that nobody knows", `${key}-3`, reply)
        graph.next("drop")
        yield* send("a lost answer", `${key}-4`, reply)
        graph.next("html")
        yield* send("a page", `${key}-5`, reply)
        yield* send("a wrong recipient", `${key}-6`, { ...Object(reply), to: `+${number} ${canaries["a name"]}` })
        yield* send("a wrong input", `${key}-7`, { ...Object(reply), input: { body: [canaries["an answer"]] } })
        yield* send("a long text", `${key}-8`, { ...Object(reply), input: { body: canaries["an answer"].repeat(400) } })
        yield* send("an unknown account", `${key}-9`, { ...Object(reply), account: canaries["a user name"] })
        yield* send("an unknown connector", `${key}-9`, { ...Object(reply), connector: canaries["a user name"] })
        yield* send("an unknown capability", `${key}-9`, { ...Object(reply), capability: canaries["a user name"] })
        yield* send("what is no intent", `${key}-9`, canaries["an answer"])
        yield* send("a bad key", `"${key}`, reply)
        yield* send("no key of ours", key, reply, { authorization: `Bearer ${canaries["an unknown access token"]}` })
        yield* note("an unknown intent", program.get(`/v1/intents/${wamid(1)}`))
        yield* note("an unknown address", program.get(`/${canaries["an address"]}?to=${number}`))
        const callbackData = graph.requests.all.at(-1)?.callbackData ?? ""
        yield* deliver(
          "the status of a doubt",
          statuses(status("failed", callbackData, { id: wamid(10), recipient_id: number, errors }))
        )
        yield* graph.leave
        yield* send("a provider that is away", `${key}-10`, reply)
        yield* program.line("evidence.applied")
        yield* runtime.acknowledged(8)
        yield* program.line("dispatch.refused")

        const failing = answers.filter(([, { status }]) => status >= 400)
        assert.isAtLeast(failing.length, 20)
        const metrics = yield* program.get("/metrics")
        const stored = yield* everythingIn(redis.url)
        redis.freeze()
        yield* send("a store that is away", `${key}-11`, reply)
        yield* deliver("a store that is away", said(11))
        redis.thaw()
        program.signal("SIGTERM")
        const ended = yield* program.ended

        const leaks = [
          ...leaksIn("stdout", ended.stdout),
          ...leaksIn("stderr", ended.stderr),
          ...leaksIn("the metrics", metrics.text),
          ...leaksIn("the store", stored),
          ...answers.flatMap(([where, answer]) =>
            leaksIn(`the answer to ${where}`, withoutExplanation(answer.text) + JSON.stringify(answer.headers))
          )
        ]
        assert.deepStrictEqual(leaks, [])
        assert.isAbove(ended.lines.length, 30)
        assert.isAbove(stored.length, 1_000)
      }),
    90_000
  )
})

describe("I7 reused keys", () => {
  it.live("the response about a reused key does not show the recipient of the first message", () =>
    Effect.gen(function* () {
      const graph = yield* provider(wamid)
      const gateway = yield* startGateway({ store: "memory", provider: graph.url })
      yield* gateway.send("taken", { to: `+${number}` })
      const answer = yield* gateway.send("taken", { to: "+15550102031" })
      assert.strictEqual(answer.at("code"), "key_reused")
      assert.deepStrictEqual(leaksIn("the answer", answer.text), [])
    })
  )
})
