import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { type Channel, Channels } from "../../connector/channel.ts"
import type { Digest, RawWebhook } from "../../connector/inbound.ts"
import type { InfraError } from "../../domain/failure.ts"
import type { Admitted } from "../../inbound/admit/admit.ts"
import { tooManyUnverified } from "../../inbound/receive/refresh-secrets.ts"
import { Receive } from "../../inbound/receive/receive.ts"
import { Log } from "../../log/log.ts"
import { Observe } from "../../observe/observe.ts"
import { unforeseenCause } from "../../log/failure-fields.ts"
import { internal, notFoundResponse, type PlainResponse, problem, retryAfter, text, tooBusy } from "./response.ts"

/** Maximum bytes of a webhook (META 1.3: at most 3 MB). */
export const maxWebhookBytes = 3 * 1_048_576
/** Maximum number of concurrent webhooks, and the maximum bytes of their bodies together. */
export const maxWebhooks = 1_024
export const maxWebhookMemory = 128 * 1_048_576

/** Serves `/webhooks/{connectorId}` without a framework, so that any HTTP server can carry the responses. */
export class WebhookEndpoint extends Context.Service<
  WebhookEndpoint,
  {
    /** Returns true when the connector is configured. */
    readonly knows: (connectorId: string) => boolean
    /** Returns the response to the provider's request that verifies the address. */
    readonly handshake: (connectorId: string, query: URLSearchParams) => PlainResponse
    /** Verifies and admits a webhook, and calls `answer` once with the response, at once or later. */
    readonly receive: (connectorId: string, webhook: RawWebhook, answer: (response: PlainResponse) => void) => void
  }
>()("comporta/http/WebhookEndpoint") {}

export const layer = (digest: Digest) =>
  Layer.effect(
    WebhookEndpoint,
    Effect.gen(function* () {
      const channels = yield* Channels
      const log = yield* Log
      const observe = yield* Observe
      const { receive } = yield* Receive

      const failed = (channel: Channel, cause: Cause.Cause<InfraError>): PlainResponse => {
        const error = cause.reasons.find(Cause.isFailReason)?.error
        if (error === undefined) {
          log.write("error", "internal", { connectorId: channel.id, httpStatus: 500, ...unforeseenCause(cause) })
          return internal
        }
        if (error.code === tooManyUnverified) {
          log.write("warn", "webhook.refused", { connectorId: channel.id, httpStatus: 503 })
          return tooBusy
        }
        log.write("error", "webhook.failed", {
          connectorId: channel.id,
          httpStatus: 503,
          failureClass: error._tag,
          failureCode: error.code,
          certainty: error.certainty
        })
        return storeAway(error)
      }

      return WebhookEndpoint.of({
        knows: (connectorId) => channels.has(connectorId),
        handshake: (connectorId, query) => {
          const channel = channels.get(connectorId)
          if (channel === undefined) return notFoundResponse
          const answer = channel.handshake(query, digest)
          log.write(answer._tag === "Accepted" ? "info" : "warn", "webhook.handshake", {
            connectorId: channel.id,
            httpStatus: answer._tag === "Accepted" ? 200 : 403
          })
          if (answer._tag === "Refused") return wrongToken
          observe.handshakeAnswered(channel.id)
          return text(200, answer.body)
        },
        receive: (connectorId, webhook, answer) => {
          const channel = channels.get(connectorId)
          if (channel === undefined) return answer(notFoundResponse)
          receive(channel, webhook, (received) => {
            if (Exit.isFailure(received)) return answer(failed(channel, received.cause))
            if (received.value !== undefined) return answer(admitted(received.value))
            log.write("warn", "webhook.refused", { connectorId: channel.id, httpStatus: 401 })
            answer(unsigned)
          })
        }
      })
    })
  )

const admitted = (counts: Admitted): PlainResponse => ({
  status: 200,
  headers: counts.deduped > 0 && counts.admitted + counts.quarantined === 0 ? allDeduped : durable,
  body: `{"admitted":${counts.admitted},"deduped":${counts.deduped},"quarantined":${counts.quarantined}}`
})

const durable = { "content-type": "application/json", "comporta-admitted": "durable", "comporta-deduped": "false" }
const allDeduped = { ...durable, "comporta-deduped": "true" }

const unsigned = problem({
  status: 401,
  code: "unauthorized",
  title: "The gateway does not accept this webhook"
})
const wrongToken = problem({
  status: 403,
  code: "forbidden",
  title: "The verify token or the challenge is missing or wrong"
})

const storeAway = (error: InfraError): PlainResponse =>
  problem({
    status: 503,
    code: error.code,
    title: "The store cannot take the webhook now",
    detail: "Nothing was acknowledged; send the same webhook again after Retry-After.",
    headers: retryAfter(2_000)
  })
