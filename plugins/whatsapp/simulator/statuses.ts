import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Schema from "effect/Schema"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { json } from "../../meta/simulator/answers.ts"
import { answerOf } from "../../meta/simulator/controls.ts"
import { withBody } from "../../meta/simulator/with-body.ts"
import type { Courier } from "../../meta/simulator/deliver.ts"
import type { Webhook } from "../../meta/simulator/signing.ts"
import type { State } from "../../meta/simulator/state.ts"
import type { Announced } from "./announce.ts"
import type { SimulatedNumber } from "./accounts.ts"

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
