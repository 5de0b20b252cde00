import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { Webhook } from "standardwebhooks"
import { channels } from "./channels.ts"

const Event = Schema.fromJsonString(
  Schema.Struct({
    type: Schema.String,
    data: Schema.Struct({
      eventId: Schema.String,
      correlationId: Schema.String,
      connector: Schema.String,
      account: Schema.String,
      from: Schema.optionalKey(Schema.String),
      content: Schema.Union([
        Schema.Struct({ text: Schema.Struct({ body: Schema.String }) }),
        Schema.Struct({ message: Schema.Struct({ text: Schema.String }) })
      ])
    })
  })
)
const decode = Schema.decodeUnknownOption(Event)

type Content = typeof Event.Type.data.content

/** Returns the text of a message: WhatsApp has it under `text`, Instagram and Messenger under `message`. */
const textOf = (content: Content): string => ("text" in content ? content.text.body : content.message.text)

/**
 * Example runtime that echoes texts. It derives the idempotency key from the event id, so a redelivered event causes
 * one reply.
 */
export const echoRuntime = (options: {
  readonly gateway: string
  readonly apiKey: Redacted.Redacted<string>
  readonly secret: Redacted.Redacted<string>
  readonly client: HttpClient.HttpClient
}): Layer.Layer<never, never, HttpRouter.HttpRouter> => {
  const webhook = new Webhook(Redacted.value(options.secret))
  const receive = Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const body = yield* request.text
    const genuine = Result.try(() => webhook.verify(body, { ...request.headers }))
    if (Result.isFailure(genuine)) return HttpServerResponse.empty({ status: 401 })
    const event = Option.getOrUndefined(decode(body))
    const channel = channels.find(({ id }) => id === event?.data.connector)
    if (event?.data.from === undefined || channel === undefined || event.type !== `${channel.id}.message.text`) {
      return HttpServerResponse.empty({ status: 204 })
    }
    const answer = yield* options.client.execute(
      HttpClientRequest.post(`${options.gateway}/v1/intents`).pipe(
        HttpClientRequest.bearerToken(options.apiKey),
        HttpClientRequest.setHeaders({
          "idempotency-key": `reply-${event.data.eventId}`,
          "comporta-correlation-id": event.data.correlationId
        }),
        HttpClientRequest.bodyJsonUnsafe({
          connector: channel.id,
          account: event.data.account,
          capability: "text",
          to: event.data.from,
          input: channel.said(`You said: ${textOf(event.data.content)}`)
        })
      )
    )
    // The intent is in flight or was not performed: the redelivered event sends it again under the same key.
    const again = answer.status === 409 || answer.status === 503
    return HttpServerResponse.empty({ status: again ? 503 : 204 })
  }).pipe(Effect.orElseSucceed(() => HttpServerResponse.empty({ status: 503 })))
  return HttpRouter.add("POST", "/comporta", receive)
}
