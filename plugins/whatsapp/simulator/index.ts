import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { Delivery, Simulate } from "../../../src/connector/simulator.ts"
import type { Json } from "../../../src/domain/json.ts"
import { numbersOf } from "./accounts.ts"
import { type CustomerMessage, controls } from "./controls.ts"
import { makeCourier } from "./deliver.ts"
import { type Announce, graphApi } from "./graph-api.ts"
import { messageId } from "./ids.ts"
import { type Delivered, makeState } from "./state.ts"
import { type Webhook, asciiJson, customerMessage, messageStatus, sign } from "./webhook.ts"

const utf8 = new TextEncoder()

const nobody = { phoneNumberId: "", businessAccountId: "", holdsToken: () => false }

const deliveryOf = ({ status, admitted, deduped }: Delivered): Delivery => ({ status, admitted, deduped })

/** A Graph API that accepts messages, answers and signs its webhooks like the real one, and can be told to fail. */
export const simulate: Simulate = Effect.fnUntraced(function* (options) {
  const client = yield* HttpClient.HttpClient
  const scope = yield* Scope.Scope
  const state = yield* makeState
  const numbers = numbersOf(options)
  const courier = makeCourier(options.webhookUrl, client, state, scope)
  const secret = options.secrets["appSecret"] ?? Redacted.make("")
  const holdsAppSecret = (given: string) =>
    options.digest.equals(utf8.encode(given), utf8.encode(Redacted.value(secret)))

  const signed = (id: string, kind: Webhook["kind"], body: Json): Webhook => {
    const bytes = utf8.encode(asciiJson(body))
    return { messageId: id, kind, bytes, signature: sign(bytes, secret, options.digest) }
  }

  const written = Effect.fnUntraced(function* (message: CustomerMessage) {
    const at = yield* Clock.currentTimeMillis
    const id = message.id ?? (yield* messageId)
    const number = numbers.find(({ phoneNumberId }) => phoneNumberId === message.phoneNumberId) ?? numbers[0] ?? nobody
    return signed(id, "message", customerMessage(number, { ...message, id, at }))
  })

  // Of a reaction the provider tells no more than that it was sent (META 2.4).
  const statusesOf = (type: string) => (type === "reaction" ? (["sent"] as const) : (["sent", "delivered"] as const))

  const announce: Announce = (number, id, { to, type, callbackData }) =>
    Effect.forEach(
      statusesOf(type),
      Effect.fnUntraced(function* (status) {
        const at = yield* Clock.currentTimeMillis
        const body = messageStatus(number, { id, status, to, at, callbackData })
        yield* courier.deliver(signed(id, `status.${status}`, body))
      }),
      { discard: true }
    ).pipe(Effect.forkIn(scope), Effect.asVoid)

  return {
    routes: Layer.mergeAll(graphApi(numbers, holdsAppSecret, state, announce), controls(state, courier, written)),
    customerWrites: Effect.fnUntraced(function* (message) {
      const webhook = yield* written(message)
      const delivered = yield* courier.deliver(webhook)
      return { delivery: deliveryOf(delivered), again: Effect.map(courier.redeliver(webhook), deliveryOf) }
    }),
    effects: (count) =>
      SubscriptionRef.changes(state.effects).pipe(
        Stream.filter(({ total }) => total >= count),
        Stream.take(1),
        Stream.runCollect,
        Effect.map((found) => found.flatMap(({ recent }) => recent.map(({ to, text }) => ({ to, text }))))
      )
  }
})
