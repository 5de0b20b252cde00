import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as SubscriptionRef from "effect/SubscriptionRef"
import * as HttpRouter from "effect/http/HttpRouter"
import { json, withBody } from "../../meta/simulator/answers.ts"
import { answerOf } from "../../meta/simulator/controls.ts"
import type { Courier } from "../../meta/simulator/deliver.ts"
import type { Webhook } from "../../meta/simulator/post-office.ts"
import type { State } from "../../meta/simulator/state.ts"
import type { SimulatedNumber } from "./accounts.ts"
import type { Announce } from "./graph-api.ts"
import type { messageStatus } from "./webhook.ts"

export type Announced = Parameters<typeof messageStatus>[1]

// The provider reports only that a reaction was sent (META 2.4).
const statusesOf = (type: string) => (type === "reaction" ? (["sent"] as const) : (["sent", "delivered"] as const))

/** Reports the statuses of an accepted message, while the gateway may still wait for the answer. */
export const announcing =
  (
    courier: Courier,
    scope: Scope.Scope,
    webhookOf: (number: SimulatedNumber, status: Announced) => Webhook
  ): Announce =>
  (number, id, { to, type, callbackData }) =>
    Effect.forEach(
      statusesOf(type),
      Effect.fnUntraced(function* (status) {
        const at = yield* Clock.currentTimeMillis
        yield* courier.deliver(webhookOf(number, { id, status, to, at, callbackData }))
      }),
      { discard: true }
    ).pipe(Effect.forkIn(scope), Effect.asVoid)

/** A status to send. `code` is for `failed`; 131026 by default. */
const Told = Schema.Struct({
  id: Schema.NonEmptyString,
  status: Schema.Literals(["sent", "delivered", "read", "played", "failed"]),
  code: Schema.optionalKey(Schema.Int)
})

const undeliverable = 131_026

/** Sends any status of an accepted message, in any order: `read` alone, `failed` after `delivered` (META 2.4). */
export const statuses = (
  numbers: ReadonlyArray<SimulatedNumber>,
  state: State,
  courier: Courier,
  webhookOf: (number: SimulatedNumber, status: Announced) => Webhook
) =>
  HttpRouter.add("POST", "/_simulator/statuses", (request) =>
    withBody(
      request,
      Told,
      Effect.fnUntraced(function* ({ id, status, code = undeliverable }) {
        const { recent } = yield* SubscriptionRef.get(state.effects)
        const sent = recent.findLast(({ messageId }) => messageId === id)
        const number = numbers.find(({ phoneNumberId }) => phoneNumberId === sent?.account)
        if (sent === undefined || number === undefined) return json({ problem: "no such message was accepted" }, 404)
        const at = yield* Clock.currentTimeMillis
        const { to, callbackData } = sent
        const why = status === "failed" ? { code } : {}
        return json(answerOf(yield* courier.deliver(webhookOf(number, { id, status, to, at, callbackData, ...why }))))
      })
    )
  )
