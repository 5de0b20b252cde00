import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { Json } from "../../../src/domain/json.ts"
import { json } from "./answers.ts"
import { callOf, changes, deliveryOf, effectOf } from "./changes.ts"
import type { Courier } from "./deliver.ts"
import { holding } from "./held.ts"
import { withBody } from "./with-body.ts"
import type { Digest } from "../../../src/connector/inbound.ts"
import { Fault } from "./faults.ts"
import type { Webhook } from "./signing.ts"
import type { Delivered, State } from "./state.ts"

const Redelivery = Schema.Struct({
  id: Schema.optionalKey(Schema.NonEmptyString),
  kind: Schema.optionalKey(Schema.NonEmptyString)
})

/** Adds a control for an action of people. Its body becomes one webhook, and its answer shows the gateway's answer. */
export const happening = <A>(
  path: `/_simulator/${string}`,
  schema: Schema.Codec<A, unknown>,
  courier: Courier,
  webhookOf: (body: A) => Effect.Effect<Webhook>
) =>
  HttpRouter.add("POST", path, (request) =>
    withBody(request, schema, (body) =>
      Effect.flatMap(webhookOf(body), courier.deliver).pipe(Effect.map((delivered) => json(answerOf(delivered))))
    )
  )

/** Adds the controls under `/_simulator`, with which a test or a person drives any simulated provider. */
export const controls = (state: State, courier: Courier, digest: Digest) =>
  Layer.mergeAll(
    holding(state, courier, digest),
    HttpRouter.add("POST", "/_simulator/redeliver", (request) =>
      withBody(
        request,
        Redelivery,
        Effect.fnUntraced(function* ({ id, kind }) {
          const webhooks = yield* Ref.get(state.webhooks)
          const webhook = webhooks.findLast(
            (one) => (id === undefined || id === one.messageId) && (kind === undefined || kind === one.kind)
          )
          if (webhook === undefined) return json({ problem: "no such webhook was delivered yet" }, 404)
          return json(answerOf(yield* courier.redeliver(webhook)))
        })
      )
    ),
    HttpRouter.add("POST", "/_simulator/faults", (request) =>
      withBody(request, Fault, (fault) => Effect.as(SubscriptionRef.set(state.fault, fault), json({ ...fault })))
    ),
    HttpRouter.add(
      "GET",
      "/_simulator/effects",
      Effect.map(SubscriptionRef.get(state.effects), ({ total, recent, counts }) =>
        json({ total, counts: Object.fromEntries(HashMap.toEntries(counts)), effects: recent.map(effectOf) })
      )
    ),
    HttpRouter.add(
      "GET",
      "/_simulator/deliveries",
      Effect.map(SubscriptionRef.get(state.deliveries), ({ recent }) => json({ deliveries: recent.map(deliveryOf) }))
    ),
    HttpRouter.add(
      "GET",
      "/_simulator/calls",
      Effect.map(SubscriptionRef.get(state.calls), ({ total, recent }) => json({ total, calls: recent.map(callOf) }))
    ),
    changes(state)
  )

/** Returns the gateway's answer to one webhook as JSON. */
export const answerOf = ({ status, admitted, deduped, messageId, headers }: Delivered): Json => ({
  status,
  admitted,
  deduped,
  messageId,
  headers
})
