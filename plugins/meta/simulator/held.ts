import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import type { Digest } from "../../../src/connector/inbound.ts"
import { json } from "./answers.ts"
import type { Courier } from "./deliver.ts"
import { Delivering } from "./post-office.ts"
import { type Webhook, together } from "./signing.ts"
import type { State } from "./state.ts"
import { withBody } from "./with-body.ts"

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
export const holding = ({ office }: State, courier: Courier, digest: Digest) =>
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
