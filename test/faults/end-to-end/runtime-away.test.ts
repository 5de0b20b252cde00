import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Webhook } from "standardwebhooks"
import { secrets } from "../../support/client.ts"
import { listening } from "../../support/http.ts"
import { becomes, kill } from "../../support/test-bed.ts"
import { installation, type Program } from "../../support/program.ts"
import { recorded } from "../../support/recorded.ts"
import { redisServer } from "../../support/redis-server.ts"
import { messages, text } from "../../support/webhook.ts"

interface Arrived {
  readonly id: string
  readonly status: number
}

type Answer = (headers: Record<string, string>, body: string) => readonly [status: number, body?: string]

const taken: Answer = () => [204]

/** A runtime that believes what is signed under `secret`, as an application does. */
const believing =
  (secret: string): Answer =>
  (headers, body) => {
    try {
      new Webhook(secret).verify(body, headers)
      return [204]
    } catch {
      return [401]
    }
  }

/** A runtime that is told how to answer, a store that survives the gateway, and the gateway's process between. */
const scene = Effect.gen(function* () {
  const arrived = recorded<Arrived>()
  let answer: Answer = taken
  const server = yield* listening((request, bytes, response) => {
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
    const [status, body] = answer(Object.fromEntries(headers), bytes.toString())
    arrived.add({ id: String(JSON.parse(bytes.toString()).data.providerId), status })
    response.writeHead(status, { "content-type": "text/plain" }).end(body)
  })
  const redis = yield* redisServer(["--appendonly", "yes"])
  const installed = yield* installation({
    redisUrl: redis.url,
    runtime: `http://127.0.0.1:${server.port}/comporta`
  })
  return {
    installed,
    arrived,
    answers: (next: Answer) => void (answer = next),
    /** Returns the texts of one person that the runtime has taken, in order. */
    order: (person: string) => arrived.all.filter(({ id, status }) => status === 204 && id.startsWith(person))
  }
})

const said = (person: number, ...ids: ReadonlyArray<string>) =>
  messages(...ids.map((id) => text(id, { from: `1555010${3_000 + person}` })))

const countOf = (gateway: Program, event: string) => gateway.lines.all.filter((line) => line["event"] === event).length

const nothingDead = Effect.fnUntraced(function* (gateway: Program, delivered: number) {
  yield* becomes(gateway.counts, (counts) => counts.delivered === delivered)
  assert.deepInclude(yield* gateway.counts, { delivered, pending: 0, deadLettered: 0 })
})

const notFound: Answer = () => [404, "404 page not found\n"]

describe.concurrent("G48 I8 runtime away", () => {
  it.live(
    "a runtime behind a proxy with 404 later receives everything in order, although the gateway is killed meanwhile",
    () =>
      Effect.gen(function* () {
        const { installed, arrived, answers, order } = yield* scene
        const first = yield* installed.start
        answers(notFound)
        yield* first.deliver(said(1, "a.0"))
        yield* first.line("runtime.away")
        yield* first.deliver(said(2, "b.0", "b.1"))
        yield* first.deliver(said(1, "a.1", "a.2"))
        yield* first.line("dispatch.held", 6)
        const ready = yield* first.get("/readyz")
        assert.strictEqual(ready.status, 200)
        assert.include(ready.text, '"name":"runtime","state":"degraded","problem":"away: http_404"')
        assert.match((yield* first.get("/metrics")).text, /^comporta_runtime_away 1$/m)
        yield* kill(first)
        const second = yield* installed.start
        yield* second.line("dispatch.held", 2)
        assert.isAbove(arrived.all.length, 7, "more often than once made a dead letter")
        answers(taken)
        yield* nothingDead(second, 5)
        assert.deepStrictEqual(
          order("a").map(({ id }) => id),
          ["a.0", "a.1", "a.2"]
        )
        assert.deepStrictEqual(
          order("b").map(({ id }) => id),
          ["b.0", "b.1"]
        )
        for (const event of ["runtime.away", "runtime.back"]) assert.strictEqual(countOf(second, event), 1)
        assert.strictEqual(countOf(first, "dispatch.refused") + countOf(second, "dispatch.refused"), 0)
      }),
    90_000
  )

  it.live(
    "a runtime that answers 401 after a rotation of its secret loses nothing",
    () =>
      Effect.gen(function* () {
        const { installed, answers, order } = yield* scene
        const gateway = yield* installed.start
        answers(believing(`whsec_${Buffer.alloc(32, 8).toString("base64")}`))
        yield* gateway.deliver(said(1, "a.0", "a.1"))
        const [line] = yield* gateway.line("runtime.away")
        assert.strictEqual(line?.["failureCode"], "http_401")
        yield* gateway.line("dispatch.held", 6)
        answers(believing(secrets["runtime/signing"]))
        yield* nothingDead(gateway, 2)
        assert.deepStrictEqual(
          order("a").map(({ id }) => id),
          ["a.0", "a.1"]
        )
        assert.strictEqual(countOf(gateway, "runtime.back"), 1)
      }),
    90_000
  )

  for (const status of [400, 422, 500]) {
    it.live(
      `a runtime that answers ${status} to every conversation loses nothing and keeps its order`,
      () =>
        Effect.gen(function* () {
          const { installed, answers, order } = yield* scene
          const gateway = yield* installed.start
          answers(() => [status])
          for (const person of [1, 2, 3]) yield* gateway.deliver(said(person, `p${person}.0`, `p${person}.1`))
          yield* gateway.line("runtime.away")
          yield* gateway.line("dispatch.held", 8)
          answers(taken)
          yield* nothingDead(gateway, 6)
          for (const person of [1, 2, 3]) {
            assert.deepStrictEqual(
              order(`p${person}`).map(({ id }) => id),
              [`p${person}.0`, `p${person}.1`]
            )
          }
        }),
      90_000
    )
  }
})
