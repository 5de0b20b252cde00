import { retryUntilStored } from "../../concurrency/retry.ts"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Channels } from "../../connector/channel.ts"
import { type FailureReport, type InfraError, PayloadError, failureReport } from "../../domain/failure.ts"
import type { IntentId } from "../../domain/ids.ts"
import { rejectedContentOf, rejectionTokenOf, unconfiguredIntentIdOf } from "../../identity/derive.ts"
import { failureFields } from "../../log/failure-fields.ts"
import { Log } from "../../log/log.ts"
import { IntentLedger } from "../../outbound/ledger/intent-ledger.ts"
import { Intents } from "../../outbound/submit/intents.ts"
import { knownNames } from "../../outbound/intent/resolve-target.ts"
import { reject } from "../../outbound/queue/enqueue.ts"
import { IdHash } from "../../secrets/id-hash.ts"
import type { ReplyIntent } from "../runtime/response.ts"
import { again } from "../deliver/deliver.ts"
import type { AttemptResult } from "../ordering/ordered-dispatcher.ts"
import type { StoredReply } from "./replies.ts"

/** Namespace of the replies' keys. A configured namespace has no colon, so that no API client can use it (G13). */
export const replyNamespace = "comporta:reply"

/** Milliseconds after the answer during which an intent that was certainly not performed is retried. */
export const replyHorizon = 86_400_000

/** Returns the idempotency key of a reply. The same event and key give the same intent on every replica and attempt (G32). */
export const replyKey = (reply: Pick<StoredReply, "eventId">, { key }: ReplyIntent): string => `${reply.eventId}/${key}`

/** Performs one intent of an answer, like any other intent. Returns `done` when it has ended or the ledger shows it. */
export const performIntent = Effect.fnUntraced(function* (
  reply: StoredReply,
  intent: ReplyIntent,
  attempt: number
): Effect.fn.Return<AttemptResult, InfraError, Channels | Intents | IntentLedger | IdHash | Log> {
  const channel = (yield* Channels).get(reply.connector)
  const hash = yield* IdHash
  const names = knownNames(hash, channel, reply.connector, intent)
  const intents = yield* Intents
  const ledger = yield* IntentLedger
  const log = yield* Log
  const { key: _key, ...wish } = intent
  const body = { connector: reply.connector, ...wish }
  const key = replyKey(reply, intent)
  const line = (failure: FailureReport) => ({
    correlationId: reply.correlationId,
    dedupeKey: reply.eventId,
    connectorId: reply.connector,
    accountId: names.account,
    attempt,
    ...failureFields(failure)
  })

  const refuse = Effect.fnUntraced(function* (intentId: IntentId, failure: FailureReport) {
    yield* retryUntilStored(
      reject(
        {
          intentId,
          token: rejectionTokenOf(hash, intentId),
          content: rejectedContentOf(hash, JSON.stringify(body)),
          meta: {
            connector: reply.connector,
            ...names,
            protection: "unprotected",
            correlationId: reply.correlationId
          },
          lane: reply.conversation,
          request: JSON.stringify(body)
        },
        failure
      )
    )
    log.write("error", "reply.refused", line(failure))
    return "done" as const
  })

  const submitted = yield* Effect.result(
    intents.submit({ namespace: replyNamespace, key, body, correlationId: reply.correlationId })
  )
  if (Result.isFailure(submitted)) {
    const intentId = unconfiguredIntentIdOf(hash, reply.connector, replyNamespace, key)
    return yield* refuse(
      intentId,
      submitted.failure._tag === "NotAnIntent" ? failureReport(submitted.failure.failure) : unknown
    )
  }
  const answer = submitted.success
  const { failure } = answer
  if (answer.conflict === "in_flight") return { pause: answer.retryAfter ?? 1_000 }
  // A worker stopped between the two writes of a rejection. Only this room has keys of this namespace.
  if (answer.conflict === "other_content" && answer.state === "accepted") return yield* refuse(answer.intentId, unfit)
  if (answer.state !== "failed" || failure === undefined) return "done"
  const mayRetry = failure.certainty === "not_applied" && failure.transient
  if (mayRetry && (yield* Clock.currentTimeMillis) - reply.at < replyHorizon) {
    log.write("warn", "reply.held", line(failure))
    return answer.retryAfter === undefined ? yield* again(attempt) : { pause: answer.retryAfter }
  }
  const known = yield* ledger.get(answer.intentId)
  return known === undefined ? yield* refuse(answer.intentId, failure) : "done"
})

const payload = (code: string, detail: string) => failureReport(new PayloadError({ code, detail, issues: [] }))

const unknown = payload("not_configured", "the account or the capability of this reply is not configured")
const unfit = payload("invalid_request", "the reply does not fit the capability")
