import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { add } from "./recent.ts"
import type { Called, State } from "./state.ts"

const utf8 = new TextDecoder()

const answered = ({ body, status }: HttpServerResponse): Pick<Called, "status" | "answer"> => {
  if (body._tag === "Stream") return { status: 0, answer: "" }
  return { status, answer: body._tag === "Uint8Array" ? utf8.decode(body.body) : "" }
}

/** Records a request and its answer. */
export const called =
  <R>(state: State, serve: (request: HttpServerRequest) => Effect.Effect<HttpServerResponse, never, R>) =>
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
