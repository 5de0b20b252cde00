import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as SubscriptionRef from "effect/SubscriptionRef"
import * as HttpRouter from "effect/http/HttpRouter"
import type { Digest } from "../../../src/connector/inbound.ts"
import type { Json } from "../../../src/domain/json.ts"
import { json, withBody } from "./answers.ts"
import type { Courier } from "./deliver.ts"
import { callOf, changes, deliveryOf, effectOf } from "./observe.ts"
import { Delivering, together, type Webhook } from "./post-office.ts"
import { type Delivered, Fault, type State } from "./state.ts"

const Release = Schema.Struct({
  /** True to release the last webhook first. */
  reversed: Schema.optionalKey(Schema.Boolean),
  /** True to combine the webhooks of each signing secret into one. */
  together: Schema.optionalKey(Schema.Boolean)
})

const Nothing = Schema.Struct({})

const batched = (webhooks: ReadonlyArray<Webhook>, digest: Digest) =>
  [...Map.groupBy(webhooks, ({ secret }) => secret).values()].flatMap(together(digest))

/** Adds the controls under `/_simulator` that hold webhooks back, release them, and change their delivery. */
const holding = ({ office }: State, courier: Courier, digest: Digest) =>
  Layer.mergeAll(
    HttpRouter.add("POST", "/_simulator/hold", (request) =>
      withBody(request, Nothing, () =>
        Effect.as(
          Ref.update(office.held, (held) => held ?? []),
          json({ holding: true })
        )
      )
    ),
    HttpRouter.add("POST", "/_simulator/release", (request) =>
      withBody(
        request,
        Release,
        Effect.fnUntraced(function* ({ reversed = false, together: inOne = false }) {
          const held = (yield* Ref.getAndSet(office.held, undefined)) ?? []
          const ordered = reversed ? held.toReversed() : held
          const answers = yield* Effect.forEach(inOne ? batched(ordered, digest) : ordered, courier.deliver)
          return json({ released: held.length, answers: answers.map(({ status }) => status) })
        })
      )
    ),
    HttpRouter.add("POST", "/_simulator/delivering", (request) =>
      withBody(request, Delivering, (wish) =>
        Effect.map(
          Ref.updateAndGet(office.delivering, (before) => ({ ...before, ...wish })),
          (now) => json({ ...now })
        )
      )
    )
  )

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
