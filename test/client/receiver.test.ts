import { createServer } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { EventMarks, layer, Receiver } from "../../src/client/effect.ts"
import { type Answer, fetchHandler, isText, memoryMarks, nodeHandler, receiver } from "../../src/client/index.ts"
import type { ReceiverOptions } from "../../src/client/receiver.ts"
import { portOf } from "../layers/provider-http/peer.ts"
import { bodyOf, headersOf, secretOf } from "./signed.ts"

const now = 1_769_860_800_000
const echo = (text: string): Answer => ({
  intents: [{ key: "echo", account: "support", capability: "text", to: "+1", input: { body: text } }]
})

const setup = (more: Partial<ReceiverOptions> = {}) => {
  const handled: Array<string> = []
  const options: ReceiverOptions = {
    secrets: [secretOf(1)],
    marks: memoryMarks(),
    now: () => now,
    handle: (event) => {
      handled.push(event.type)
      return isText(event) ? echo(`${event.data.content.text.body} ${handled.length}`) : undefined
    },
    ...more
  }
  return { handled, options, receive: receiver(options) }
}

describe("receiver of a runtime", () => {
  it("G32 the receiver handles an event once, and answers it the same each time", async () => {
    const { handled, receive } = setup()
    const body = bodyOf("hello")
    const first = await receive(headersOf(body, now), body)
    assert.deepStrictEqual(first, { status: 200, body: JSON.stringify(echo("hello 1")) })
    const other = bodyOf("something else")
    assert.deepStrictEqual(await receive(headersOf(other, now), other), first)
    assert.lengthOf(handled, 1)
  })

  it("the receiver does not take a text event without a text for a text, whatever its content", async () => {
    for (const content of [null, "text", {}, { text: null }, { text: "hello" }, { text: {} }, { text: { body: 5 } }]) {
      const { receive } = setup()
      const event = JSON.parse(bodyOf("hello"))
      const body = JSON.stringify({ ...event, data: { ...event.data, content } })
      assert.deepStrictEqual(await receive(headersOf(body, now), body), { status: 200, body: "{}" })
    }
  })

  it("the receiver handles a concurrent duplicate once, also when another process was faster", async () => {
    let go = (): void => {}
    const gate = new Promise<void>((resolve) => (go = resolve))
    let calls = 0
    const { receive } = setup({ handle: () => gate.then(() => echo(`once ${++calls}`)) })
    const body = bodyOf("hello")
    const both = Promise.all([receive(headersOf(body, now), body), receive(headersOf(body, now), body)])
    go()
    const [one, two] = await both
    assert.deepStrictEqual(one, two)
    assert.strictEqual(calls, 1)
    const marks = { find: () => Promise.resolve(undefined), keep: () => Promise.resolve("the first") }
    const slower = setup({ marks })
    assert.deepStrictEqual(await slower.receive(headersOf(body, now), body), { status: 200, body: "the first" })
  })

  it("the receiver marks nothing when the handler fails, and handles the redelivery", async () => {
    let broken = true
    const failures: Array<unknown> = []
    const { receive } = setup({
      handle: () => (broken ? Promise.reject(new Error("no database")) : echo("at last")),
      failed: (error) => failures.push(error)
    })
    const body = bodyOf("hello")
    assert.strictEqual((await receive(headersOf(body, now), body)).status, 503)
    broken = false
    assert.strictEqual((await receive(headersOf(body, now), body)).body, JSON.stringify(echo("at last")))
    assert.lengthOf(failures, 1)
  })

  it("the receiver accepts any of its secrets, and answers an unknown type without intents", async () => {
    const { receive, handled } = setup({ secrets: [secretOf(2), secretOf(1)] })
    const body = bodyOf("hello", "whatsapp.message.of_tomorrow")
    assert.deepStrictEqual(await receive(headersOf(body, now), body), { status: 200, body: "{}" })
    assert.deepStrictEqual(handled, ["whatsapp.message.of_tomorrow"])
  })

  const body = bodyOf("hello")
  const right = headersOf(body, now)
  it.each([
    ["another secret", headersOf(body, now, { secret: secretOf(9) }), body],
    ["another body", right, bodyOf("hullo")],
    ["another id", { ...right, "webhook-id": `evt_${"f".repeat(32)}` }, body],
    ["a time too long ago", headersOf(body, now - 301_000), body],
    ["a time to come", headersOf(body, now + 301_000), body],
    ["a time that is none", { ...right, "webhook-timestamp": "soon" }, body],
    ["half a signature", { ...right, "webhook-signature": right["webhook-signature"].slice(0, -9) }, body],
    ["no signature", { "webhook-id": right["webhook-id"], "webhook-timestamp": right["webhook-timestamp"] }, body],
    ["no headers", {}, body],
    ["a signed body that is no event", headersOf("[]", now), "[]"],
    ["a signed body that is no JSON", headersOf("{", now), "{"]
  ])("I6 the receiver rejects an event with %s", async (_, headers, text) => {
    const { receive, handled } = setup()
    assert.deepStrictEqual(await receive(headers, text), { status: 401, body: "" })
    assert.lengthOf(handled, 0)
  })

  it("the receiver applies the configured tolerance", async () => {
    const late = headersOf(body, now - 301_000)
    assert.strictEqual((await setup({ tolerance: 400 }).receive(late, body)).status, 200)
    assert.strictEqual((await setup({ tolerance: 1 }).receive(headersOf(body, now - 2_000), body)).status, 401)
  })

  it("the receiver deletes the oldest marks beyond its limit", async () => {
    const marks = memoryMarks(2)
    for (const id of ["a", "b", "c"]) await marks.keep(id, id)
    assert.deepStrictEqual(await Promise.all(["a", "b", "c"].map((id) => marks.find(id))), [undefined, "b", "c"])
    assert.strictEqual(await marks.keep("c", "other"), "c")
  })
})

describe("receiver over HTTP", () => {
  const body = bodyOf("hello")

  it("the fetch handler handles an event once, and rejects an unsigned one", async () => {
    const handler = fetchHandler(setup().options)
    const request = () => new Request("http://runtime/", { method: "POST", body, headers: headersOf(body, now) })
    const response = await handler(request())
    assert.strictEqual(response.status, 200)
    assert.deepStrictEqual(await response.json(), echo("hello 1"))
    assert.deepStrictEqual(await (await handler(request())).json(), echo("hello 1"))
    assert.strictEqual((await handler(new Request("http://runtime/", { method: "POST", body }))).status, 401)
  })

  it("the node:http handler handles an event, and drops a body that is too large", async () => {
    const server = createServer(nodeHandler(setup().options))
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const url = `http://127.0.0.1:${portOf(server)}`
    // @effect-diagnostics-next-line globalFetch:off
    const post = (text: string) => fetch(url, { method: "POST", body: text, headers: headersOf(text, now) })
    const answer = await post(body)
    assert.strictEqual(answer.status, 200)
    assert.deepStrictEqual(await answer.json(), echo("hello 1"))
    const dropped = await post(`"${"x".repeat(5_000_000)}"`).then(
      ({ status }) => status,
      () => "dropped"
    )
    assert.strictEqual(dropped, "dropped")
    server.closeAllConnections()
    server.close()
  })

  it.effect("the receiver layer runs a handler that is an effect", () =>
    Effect.gen(function* () {
      const { receive } = yield* Receiver
      assert.deepStrictEqual(yield* receive(headersOf(body, now), body), {
        status: 200,
        body: JSON.stringify(echo("whatsapp.message.text"))
      })
      const other = headersOf(body, now, { id: `evt_${"9".repeat(32)}` })
      assert.strictEqual((yield* receive(other, body)).status, 503)
    }).pipe(
      Effect.provide(
        layer({
          secrets: [secretOf(1)],
          now: () => now,
          handle: Effect.fnUntraced(function* (event) {
            calls += 1
            if (calls > 1) return yield* Effect.fail("no more")
            return echo(event.type)
          })
        }).pipe(Layer.provide(EventMarks.memory))
      )
    )
  )
  let calls = 0
})
