import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { SimulatedDelivery, Simulator } from "../../../src/connector/simulator.ts"
import type { Courier } from "./deliver.ts"
import type { Webhook } from "./signing.ts"
import type { Delivered, State } from "./state.ts"

const deliveryOf = ({ status, admitted, deduped }: Delivered): SimulatedDelivery => ({ status, admitted, deduped })

/** Waits until `count` effects were performed. Returns their texts. */
export const effectsOf =
  (state: State): Simulator["effects"] =>
  (count) =>
    SubscriptionRef.changes(state.effects).pipe(
      Stream.filter(({ total }) => total >= count),
      Stream.take(1),
      Stream.runCollect,
      Effect.map((found) => found.flatMap(({ recent }) => recent.map(({ to, text }) => ({ to, text }))))
    )

/** Delivers a person's message. Returns an effect that delivers the same bytes again. */
export const writing =
  <A>(courier: Courier, webhookOf: (message: A) => Effect.Effect<Webhook>) =>
  (message: A) =>
    Effect.gen(function* () {
      const webhook = yield* webhookOf(message)
      const delivered = yield* courier.deliver(webhook)
      return { delivery: deliveryOf(delivered), again: Effect.map(courier.redeliver(webhook), deliveryOf) }
    })
