import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import type { Scope } from "effect/Scope"
import type { Simulate, SimulatorOptions } from "../../src/connector/simulator.ts"
import type { Json } from "../../src/domain/json.ts"
import { type Answer, ask, type NoAnswer } from "./http.ts"

/** A simulated provider on a socket. It delivers its webhooks to a real gateway. */
export interface Simulated {
  readonly url: string
  /** Calls a control of the simulator under `/_simulator`. */
  readonly control: (name: string, body?: Json) => Effect.Effect<Answer, NoAnswer>
}

export const simulated = (
  simulate: Simulate,
  port: number,
  options: SimulatorOptions
): Effect.Effect<Simulated, never, Scope> =>
  Effect.gen(function* () {
    const client = Context.get(yield* Layer.build(FetchHttpClient.layer), HttpClient.HttpClient)
    const { routes } = yield* Effect.provideService(simulate(options), HttpClient.HttpClient, client)
    yield* Layer.build(
      HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true }).pipe(
        Layer.provide(NodeHttpServer.layer(createServer, { port, host: "127.0.0.1" })),
        Layer.orDie
      )
    )
    const url = `http://127.0.0.1:${port}`
    return {
      url,
      control: (name, body) =>
        ask(`${url}/_simulator/${name}`, body === undefined ? {} : { method: "POST", body: JSON.stringify(body) })
    }
  })
