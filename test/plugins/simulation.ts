import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Ref from "effect/Ref"
import type { Scope } from "effect/Scope"
import { listOf, objectOf } from "../../plugins/meta/read-json.ts"
import type { RawWebhook } from "../../src/connector/inbound.ts"
import type { Simulate, Simulator, SimulatorOptions } from "../../src/connector/simulator.ts"
import type { Json } from "../../src/domain/json.ts"

/** An answer of a simulator; `at` looks into its JSON. */
export interface Answer {
  readonly status: number
  readonly headers: object
  readonly text: string
  readonly json: Json
  readonly at: (...path: ReadonlyArray<string | number>) => Json | undefined
}
export type Lost = "connection lost"

/** A simulator on a socket, and a gateway that is a queue of what it was sent. */
export interface Running {
  readonly simulator: Simulator
  /** The next webhook that the gateway received. */
  readonly received: Effect.Effect<RawWebhook>
  /** What the gateway answers the next webhooks; 200 unless told. */
  readonly answers: (...statuses: ReadonlyArray<number>) => Effect.Effect<void>
  readonly call: (
    method: "GET" | "POST" | "DELETE",
    path: string,
    body?: unknown,
    token?: string
  ) => Effect.Effect<Answer, Lost>
}

const gateway = Effect.gen(function* () {
  const received = yield* Queue.unbounded<RawWebhook>()
  const statuses = yield* Ref.make<ReadonlyArray<number>>([])
  const client = HttpClient.make(
    Effect.fnUntraced(function* (request) {
      const body = request.body._tag === "Uint8Array" ? request.body.body : new Uint8Array()
      yield* Queue.offer(received, { headers: { ...request.headers }, body })
      const status = yield* Ref.modify(statuses, ([first = 200, ...rest]) => [first, rest])
      const headers = { "comporta-admitted": status === 200 ? "durable" : "", "comporta-deduped": "false" }
      return HttpClientResponse.fromWeb(request, new Response("", { status, headers }))
    })
  )
  return { client, received, statuses }
})

const answerOf = (status: number, headers: object, text: string): Answer => {
  const json: Json = text.startsWith("{") ? JSON.parse(text) : null
  const into = (value: Json | undefined, step: string | number) =>
    typeof step === "number" ? listOf(value)?.[step] : objectOf(value)?.[step]
  return { status, headers, text, json, at: (...path) => path.reduce(into, json) }
}

/** `token` is what calls carry unless told. */
export const running = (
  simulate: Simulate,
  options: Omit<SimulatorOptions, "webhookUrl">,
  ours: string
): Effect.Effect<Running, never, Scope> =>
  Effect.gen(function* () {
    const { client, received, statuses } = yield* gateway
    const simulator = yield* simulate({ webhookUrl: "http://gateway.test/webhooks", ...options }).pipe(
      Effect.provideService(HttpClient.HttpClient, client)
    )
    const served = yield* Layer.build(
      HttpRouter.serve(simulator.routes, { disableLogger: true, disableListenLog: true }).pipe(
        Layer.provideMerge(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
        Layer.orDie
      )
    )
    const fetching = Context.get(yield* Layer.build(FetchHttpClient.layer), HttpClient.HttpClient)
    const base = HttpServer.formatAddress(Context.get(served, HttpServer.HttpServer).address)
    return {
      simulator,
      received: Queue.take(received),
      answers: (...next) => Ref.set(statuses, next),
      call: (method, path, body, token = ours) =>
        fetching
          .execute(
            HttpClientRequest.make(method)(base + path).pipe(
              HttpClientRequest.bearerToken(token),
              body === undefined ? (same) => same : HttpClientRequest.bodyText(JSON.stringify(body), "application/json")
            )
          )
          .pipe(
            Effect.flatMap((response) =>
              Effect.map(response.text, (text) => answerOf(response.status, response.headers, text))
            ),
            Effect.mapError(() => "connection lost" as const)
          )
    }
  })
