import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { SimulatedDelivery, Simulator } from "../../../src/connector/simulator.ts"
import type { Json } from "../../../src/domain/json.ts"
import type { Courier } from "./deliver.ts"
import { add, type Called, type Delivered, each, type Performed, type State } from "./state.ts"
import type { Webhook } from "./post-office.ts"

const utf8 = new TextDecoder()

const answered = ({ body, status }: HttpServerResponse.HttpServerResponse): Pick<Called, "status" | "answer"> => {
  if (body._tag === "Stream") return { status: 0, answer: "" }
  return { status, answer: body._tag === "Uint8Array" ? utf8.decode(body.body) : "" }
}

/** Records a request and its answer. */
export const called =
  <R>(
    state: State,
    serve: (request: HttpServerRequest) => Effect.Effect<HttpServerResponse.HttpServerResponse, never, R>
  ) =>
  (request: HttpServerRequest) =>
    Effect.gen(function* () {
      const at = yield* Clock.currentTimeMillis
      const { mode: fault } = yield* SubscriptionRef.get(state.fault)
      const response = yield* serve(request)
      const body = yield* Effect.orElseSucceed(request.text, () => "")
      const path = request.url.replace(/\?.*$/, "")
      yield* SubscriptionRef.update(state.calls, add<Called>({ at, path, body, fault, ...answered(response) }))
      return response
    })

export const effectOf = (performed: Performed): Json => ({ ...performed })

export const deliveryOf = ({ said, ...delivered }: Delivered): Json => ({
  ...delivered,
  ...(said === undefined ? {} : { said: { ...said } })
})

export const callOf = (called: Called): Json => ({ ...called })

const told = (event: string, data: Json) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`

/**
 * Serves server-sent events: first the stored ones, then each new `effect`, `delivery` and `call`, and the current
 * `fault`.
 */
export const changes = (state: State) =>
  HttpRouter.add(
    "GET",
    "/_simulator/changes",
    Effect.succeed(
      HttpServerResponse.stream(
        Stream.mergeAll(
          [
            Stream.map(each(SubscriptionRef.changes(state.effects)), (one) => told("effect", effectOf(one))),
            Stream.map(each(SubscriptionRef.changes(state.deliveries)), (one) => told("delivery", deliveryOf(one))),
            Stream.map(each(SubscriptionRef.changes(state.calls)), (one) => told("call", callOf(one))),
            Stream.map(SubscriptionRef.changes(state.fault), (fault) => told("fault", { ...fault }))
          ],
          { concurrency: "unbounded" }
        ).pipe(Stream.encodeText),
        { contentType: "text/event-stream", headers: { "cache-control": "no-store" } }
      )
    )
  )

const simulatedDeliveryOf = ({ status, admitted, deduped }: Delivered): SimulatedDelivery => ({
  status,
  admitted,
  deduped
})

/** Waits until `count` effects were performed. Returns their texts. */
export const effectsOf =
  (state: State): Simulator["effects"] =>
  (count) =>
    SubscriptionRef.changes(state.effects).pipe(
      Stream.filter(({ total }) => total >= count),
      Stream.take(1),
      Stream.runCollect,
      Effect.map((found) => found.flatMap(({ recent }) => recent.map(({ to, text }) => ({ to, text }))))
    )

/** Delivers a person's message. Returns an effect that delivers the same bytes again. */
export const writing =
  <A>(courier: Courier, webhookOf: (message: A) => Effect.Effect<Webhook>) =>
  (message: A) =>
    Effect.gen(function* () {
      const webhook = yield* webhookOf(message)
      const delivered = yield* courier.deliver(webhook)
      return {
        delivery: simulatedDeliveryOf(delivered),
        again: Effect.map(courier.redeliver(webhook), simulatedDeliveryOf)
      }
    })
