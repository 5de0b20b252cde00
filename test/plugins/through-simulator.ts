import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { Channel } from "../../src/connector/channel.ts"
import { type Caller, OutcomeUnknown, ProviderHttp } from "../../src/connector/provider-http.ts"
import { parseJson } from "../../src/domain/parse-json.ts"
import { type Opened, openedItem } from "./opened.ts"
import type { Running } from "./simulation.ts"

/** Calls of a connector that reach a running simulator, whatever host they name. */
export const throughSimulator = ({ call }: Running): Layer.Layer<ProviderHttp> => {
  const caller: Caller = {
    call: ({ method, url, bearer, body }) => {
      const { pathname, search } = new URL(url)
      const token = bearer === undefined ? "" : Redacted.value(bearer)
      return call(method, pathname + search, body === undefined ? undefined : JSON.parse(body), token).pipe(
        Effect.map(({ status, text }) => ({ status, headers: {}, body: text })),
        Effect.mapError(() => new OutcomeUnknown({ reason: "connection_lost" }))
      )
    },
    open: (request) =>
      Effect.map(caller.call(request), ({ body, ...head }) => ({
        ...head,
        body: Stream.make(new TextEncoder().encode(body))
      }))
  }
  return Layer.succeed(ProviderHttp, { ...caller, within: () => caller })
}

/** Takes the webhooks of a running simulator until one has an event that is meant. */
export const nextEvent = (
  channel: Channel,
  received: Running["received"],
  isMeant: (event: Opened) => boolean
): Effect.Effect<Opened> =>
  Effect.flatMap(received, ({ body }) => {
    const found = channel
      .decode(parseJson(new TextDecoder().decode(body)))
      .map(openedItem)
      .find(isMeant)
    return found === undefined ? nextEvent(channel, received, isMeant) : Effect.succeed(found)
  })
