import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import type { Simulate } from "../../../src/connector/simulator.ts"
import { controls, happening } from "../../meta/simulator/controls.ts"
import { makeCourier } from "../../meta/simulator/deliver.ts"
import { signedWebhook } from "../../meta/simulator/signing.ts"
import { makeState } from "../../meta/simulator/state.ts"
import { effectsOf, writing } from "../../meta/simulator/watch.ts"
import { numbersOf } from "./accounts.ts"
import { type Announce, graphApi } from "./graph-api.ts"
import { messageId } from "./ids.ts"
import { media } from "./media.ts"
import { customerMessage, messageStatus } from "./webhook.ts"

const utf8 = new TextEncoder()

const CustomerMessage = Schema.Struct({
  from: Schema.NonEmptyString,
  text: Schema.String,
  id: Schema.optionalKey(Schema.NonEmptyString),
  phoneNumberId: Schema.optionalKey(Schema.NonEmptyString)
})

const nobody = { phoneNumberId: "", businessAccountId: "", holdsToken: () => false }

/** A Graph API that accepts messages, answers and signs its webhooks like the real one, and can be told to fail. */
export const simulate: Simulate = Effect.fnUntraced(function* (options) {
  const client = yield* HttpClient.HttpClient
  const scope = yield* Scope.Scope
  const state = yield* makeState
  const numbers = numbersOf(options)
  const kept = yield* media(numbers)
  const courier = makeCourier(options.webhookUrl, client, state, scope)
  const secret = options.secrets["appSecret"] ?? Redacted.make("")
  const holdsAppSecret = (given: string) =>
    options.digest.equals(utf8.encode(given), utf8.encode(Redacted.value(secret)))

  const written = Effect.fnUntraced(function* (message: typeof CustomerMessage.Type) {
    const at = yield* Clock.currentTimeMillis
    const id = message.id ?? (yield* messageId)
    const number = numbers.find(({ phoneNumberId }) => phoneNumberId === message.phoneNumberId) ?? numbers[0] ?? nobody
    const body = customerMessage(number, { ...message, id, at })
    return signedWebhook({ messageId: id, kind: "message" }, body, secret, options.digest)
  })

  // Of a reaction the provider tells no more than that it was sent (META 2.4).
  const statusesOf = (type: string) => (type === "reaction" ? (["sent"] as const) : (["sent", "delivered"] as const))

  const announce: Announce = (number, id, { to, type, callbackData }) =>
    Effect.forEach(
      statusesOf(type),
      Effect.fnUntraced(function* (status) {
        const at = yield* Clock.currentTimeMillis
        const body = messageStatus(number, { id, status, to, at, callbackData })
        yield* courier.deliver(signedWebhook({ messageId: id, kind: `status.${status}` }, body, secret, options.digest))
      }),
      { discard: true }
    ).pipe(Effect.forkIn(scope), Effect.asVoid)

  return {
    routes: Layer.mergeAll(
      graphApi(numbers, holdsAppSecret, state, announce, kept.find),
      kept.routes,
      happening("/_simulator/customer-messages", CustomerMessage, courier, written),
      controls(state, courier)
    ),
    customerWrites: writing(courier, written),
    effects: effectsOf(state)
  }
})
