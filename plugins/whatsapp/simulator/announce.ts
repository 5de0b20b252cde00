import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Courier } from "../../meta/simulator/deliver.ts"
import type { Webhook } from "../../meta/simulator/signing.ts"
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
