import { env } from "node:process"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Caller, ProviderHttp, type ProviderRequest } from "../../../src/connector/provider-http.ts"
import type { SendEndpoint } from "../../../src/http/server/send-endpoint.ts"
import { WebServer } from "../../../src/http/server/web-server.ts"
import { parts } from "../../../src/app/main-layers.ts"
import type { Parts } from "../../../src/app/layer-factories.ts"
import { fixture } from "../../fakes/channel.ts"
import { obedient } from "../support/obedient.ts"
import { stepped } from "../support/steps.ts"
import { steppedParts } from "../support/stepped-parts.ts"

// The program as it is shipped, and beside its channels the fixture channel, whose provider is at this address, and a step at its door.

const provider = env["FIXTURE_PROVIDER"] ?? "http://127.0.0.1:9"
const shipped = parts(false)

const moved = (request: ProviderRequest): ProviderRequest => ({
  ...request,
  url: request.url.replace("https://provider.test", provider)
})

const atProvider = (caller: Caller): Caller => ({
  call: (request) => caller.call(moved(request)),
  open: (request) => caller.open(moved(request))
})

const providerHttp = Layer.effect(
  ProviderHttp,
  Effect.map(Layer.build(shipped.gateway.providerHttp), (services) => {
    const http = Context.get(services, ProviderHttp)
    return { ...atProvider(http), within: (attempt) => atProvider(http.within(attempt)) }
  })
)

const door = stepped("Door", { answer: Effect.void })

const behindDoor = (intents: SendEndpoint["Service"]): SendEndpoint["Service"] => ({
  ...intents,
  send: (submission, body, answer) =>
    intents.send(submission, body, (response) => Effect.runFork(door.answer).addObserver(() => answer(response)))
})

/** A step `Door.answer` between what was done and what the caller is told of it. */
const webServer: Parts["webServer"] = Layer.effect(
  WebServer,
  Effect.map(Layer.build(shipped.gateway.webServer), (services) => {
    const server = Context.get(services, WebServer)
    return WebServer.of({
      serve: ({ api, intents, webhooks }, options) =>
        server.serve(
          {
            api: Effect.tap(api, () => door.answer),
            ...(webhooks === undefined ? {} : { webhooks }),
            ...(intents === undefined ? {} : { intents: behindDoor(intents) })
          },
          options
        )
    })
  })
)

const gateway: Parts = {
  ...shipped.gateway,
  connectors: [fixture, ...shipped.gateway.connectors],
  providerHttp,
  webServer
}
obedient({ ...shipped, gateway: steppedParts(gateway) })
