import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { Json } from "../../../src/domain/json.ts"
import { each } from "./recent.ts"
import type { Called, Delivered, Performed, State } from "./state.ts"

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
