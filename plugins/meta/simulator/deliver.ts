import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HashSet from "effect/HashSet"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import { isSubscribed, type Patience, type Signature, type Webhook } from "./post-office.ts"
import { add, append, type Delivered, type State } from "./state.ts"

const noAnswer: Pick<Delivered, "status" | "headers"> = { status: 0, headers: {} }

/** Returns a wrong signature: one digit differs. */
const spoilt = (signature: string) => signature.slice(0, -1) + (signature.endsWith("0") ? "1" : "0")

const signed = (signature: string, how: Signature) =>
  how === "missing"
    ? HttpClientRequest.removeHeader("x-hub-signature-256")
    : HttpClientRequest.setHeader("x-hub-signature-256", how === "wrong" ? spoilt(signature) : signature)

/** Posts a webhook once. Returns the answer, or status 0 after 20 s without one. */
const post = (client: HttpClient.HttpClient, url: string, webhook: Webhook, signature: Signature) =>
  client
    .execute(
      HttpClientRequest.post(url).pipe(
        signed(webhook.signature, signature),
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

/** The only status that the provider takes as a success (META 1.3). */
const success = 200

/** Milliseconds of the provider's time until the first redelivery. Each later wait is twice as long. */
const minute = 60_000

export interface Courier {
  /**
   * Delivers a webhook and returns the gateway's answer. Redelivers one that was not answered 200, at growing
   * intervals. Status 0 also means that it is held back, or that the app is not subscribed.
   */
  readonly deliver: (webhook: Webhook) => Effect.Effect<Delivered>
  /** Delivers the same bytes once. */
  readonly redeliver: (webhook: Webhook) => Effect.Effect<Delivered>
}

const told = ({ kind, messageId, said, bytes }: Webhook, at: number, attempt: number) => ({
  at,
  attempt,
  kind,
  messageId,
  ...(said === undefined ? {} : { said }),
  body: new TextDecoder().decode(bytes)
})

const undelivered = { millis: 0, ...noAnswer, admitted: false, deduped: false }

export const makeCourier = (
  webhookUrl: string,
  client: HttpClient.HttpClient,
  state: State,
  scope: Scope.Scope,
  patience: Patience
): Courier => {
  const { office } = state

  const attempt = Effect.fnUntraced(function* (webhook: Webhook, number: number) {
    const at = yield* Clock.currentTimeMillis
    const { signature } = yield* Ref.get(office.delivering)
    const [taken, answer] = yield* Effect.timed(post(client, webhookUrl, webhook, signature))
    const delivered: Delivered = {
      ...told(webhook, at, number),
      ...answer,
      millis: Math.round(Duration.toMillis(taken)),
      admitted: answer.headers["comporta-admitted"] === "durable",
      deduped: !["0", "false"].includes(answer.headers["comporta-deduped"] ?? "0")
    }
    yield* SubscriptionRef.update(state.deliveries, add(delivered))
    return delivered
  })

  const untilSuccess = Effect.fnUntraced(function* (webhook: Webhook) {
    let passed = 0
    for (let number = 2, wait = minute; passed + wait <= patience.drops; number++, wait *= 2) {
      const { speed } = yield* Ref.get(office.delivering)
      yield* Effect.sleep(wait / speed)
      passed += wait
      if (!(yield* isSubscribed(office, webhook.account))) return
      const { status } = yield* attempt(webhook, number)
      if (status === success) return
      if (passed >= (patience.unsubscribes ?? Infinity)) {
        return yield* Ref.update(office.unsubscribed, HashSet.add(webhook.account))
      }
    }
  })

  const holds = (webhook: Webhook) =>
    Ref.modify(office.held, (held): [boolean, ReadonlyArray<Webhook> | undefined] =>
      held === undefined ? [false, held] : [true, append(held, webhook)]
    )

  return {
    redeliver: (webhook) => attempt(webhook, 1),
    deliver: Effect.fnUntraced(function* (webhook) {
      const at = yield* Clock.currentTimeMillis
      const nothing: Delivered = { ...told(webhook, at, 0), ...undelivered }
      if (!(yield* isSubscribed(office, webhook.account)) || (yield* holds(webhook))) return nothing
      yield* Ref.update(state.webhooks, (list) => append(list, webhook))
      const delivered = yield* attempt(webhook, 1)
      if (delivered.status !== success) yield* Effect.forkIn(untilSuccess(webhook), scope)
      return delivered
    })
  }
}
