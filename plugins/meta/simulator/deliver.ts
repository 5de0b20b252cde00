import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { add, append } from "./recent.ts"
import type { Delivered, State } from "./state.ts"
import type { Webhook } from "./signing.ts"

/** The provider takes 200 alone for success (META 1.3). */
const success = 200

const redeliveries = Schedule.exponential("1 second")
const redeliveryTimes = 4

export interface Courier {
  /** Delivers and answers what came back; what was not answered 200 is delivered again later, a few times. */
  readonly deliver: (webhook: Webhook) => Effect.Effect<Delivered>
  /** Delivers the same bytes once. */
  readonly redeliver: (webhook: Webhook) => Effect.Effect<Delivered>
}

export const makeCourier = (
  webhookUrl: string,
  client: HttpClient.HttpClient,
  state: State,
  scope: Scope.Scope
): Courier => {
  const attempt = Effect.fnUntraced(function* (webhook: Webhook, number: number) {
    const at = yield* Clock.currentTimeMillis
    const [taken, answer] = yield* Effect.timed(post(client, webhookUrl, webhook))
    const delivered: Delivered = {
      at,
      millis: Math.round(Duration.toMillis(taken)),
      attempt: number,
      kind: webhook.kind,
      messageId: webhook.messageId,
      ...(webhook.said === undefined ? {} : { said: webhook.said }),
      body: new TextDecoder().decode(webhook.bytes),
      ...answer,
      admitted: answer.headers["comporta-admitted"] === "durable",
      deduped: !["0", "false"].includes(answer.headers["comporta-deduped"] ?? "0")
    }
    yield* SubscriptionRef.update(state.deliveries, add(delivered))
    return delivered
  })
  const untilSuccess = Effect.fnUntraced(function* (webhook: Webhook) {
    const numbers = yield* Ref.make(1)
    const again = Ref.updateAndGet(numbers, (number) => number + 1).pipe(
      Effect.flatMap((number) => attempt(webhook, number)),
      Effect.filterOrFail(({ status }) => status === success)
    )
    yield* again.pipe(
      Effect.retry({ schedule: redeliveries, times: redeliveryTimes - 1 }),
      Effect.delay("1 second"),
      Effect.ignore
    )
  })
  return {
    redeliver: (webhook) => attempt(webhook, 1),
    deliver: Effect.fnUntraced(function* (webhook) {
      yield* Ref.update(state.webhooks, (list) => append(list, webhook))
      const delivered = yield* attempt(webhook, 1)
      if (delivered.status !== success) yield* Effect.forkIn(untilSuccess(webhook), scope)
      return delivered
    })
  }
}

const noAnswer: Pick<Delivered, "status" | "headers"> = { status: 0, headers: {} }

const post = (client: HttpClient.HttpClient, url: string, webhook: Webhook) =>
  client
    .execute(
      HttpClientRequest.post(url).pipe(
        HttpClientRequest.setHeader("x-hub-signature-256", webhook.signature),
        HttpClientRequest.bodyUint8Array(webhook.bytes, "application/json")
      )
    )
    .pipe(
      Effect.flatMap((response) =>
        Effect.as(response.text, { status: response.status, headers: { ...response.headers } })
      ),
      Effect.timeout("20 seconds"),
      Effect.orElseSucceed(() => noAnswer)
    )
