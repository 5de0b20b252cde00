import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { IntentId } from "../domain/ids.ts"
import { IntentState } from "../domain/intent.ts"
import { IntentLedger, positionOf } from "../outbound/intent-ledger.ts"
import { Intents } from "../outbound/intents.ts"
import { parseIdempotencyKey, prefersAsync } from "../outbound/request.ts"
import { Api } from "./api.ts"
import { CurrentClient } from "./api-keys.ts"
import { withScope } from "./auth.ts"
import { bodyOf } from "./body.ts"
import { badKey, intentResponse, notAnIntent, notConfigured } from "./intent-response.ts"
import { storeAway } from "./operate.ts"
import { pageOf } from "./page.ts"
import { json, problem } from "./plain-response.ts"
import { respond } from "./respond.ts"

const intentIdOf = Schema.decodeUnknownOption(IntentId)
const stateOf = Schema.decodeUnknownOption(IntentState)

export const layer = HttpApiBuilder.group(
  Api,
  "intents",
  Effect.fnUntraced(function* (handlers) {
    const intents = yield* Intents
    const ledger = yield* IntentLedger
    return handlers
      .handleRaw("send", ({ headers, request }) =>
        withScope(
          "send",
          Effect.gen(function* () {
            const client = yield* CurrentClient
            const key = parseIdempotencyKey(headers["idempotency-key"] ?? "")
            if (key === undefined) return badKey
            const body = yield* Effect.result(bodyOf(request))
            if (Result.isFailure(body)) return body.failure
            const correlationId = headers["comporta-correlation-id"]
            return yield* intents
              .submit({
                namespace: client.namespace,
                key,
                body: body.success,
                ...(prefersAsync(headers["prefer"] ?? "") ? { respondAsync: true } : {}),
                ...(correlationId === undefined ? {} : { correlationId })
              })
              .pipe(
                Effect.map(intentResponse),
                Effect.catchTags({
                  NotConfigured: (error) => Effect.succeed(notConfigured(error)),
                  NotAnIntent: ({ failure }) => Effect.succeed(notAnIntent(failure))
                })
              )
          })
        ).pipe(Effect.map(respond))
      )
      .handleRaw("get", ({ params }) =>
        withScope(
          "read",
          Effect.gen(function* () {
            const intentId = Option.getOrUndefined(intentIdOf(params.intentId))
            if (intentId === undefined) return unknownIntent
            const record = yield* ledger.get(intentId)
            if (record === undefined) return unknownIntent
            return record === "expired" ? expired : json(200, record)
          }).pipe(Effect.orElseSucceed(() => storeAway))
        ).pipe(Effect.map(respond))
      )
      .handleRaw("list", ({ query }) =>
        withScope(
          "read",
          Effect.suspend(() => {
            const state = Option.getOrUndefined(stateOf(query.state))
            if (state === undefined) return Effect.succeed(badState)
            const page = pageOf(query, (cursor) => positionOf(cursor) !== undefined)
            if (Result.isFailure(page)) return Effect.succeed(page.failure)
            return Effect.map(ledger.list(state, page.success), (found) => json(200, found))
          }).pipe(Effect.orElseSucceed(() => storeAway))
        ).pipe(Effect.map(respond))
      )
  })
)

const unknownIntent = problem({ status: 404, code: "not_found", title: "No such intent" })
const expired = problem({ status: 410, code: "expired", title: "Only the tombstone of this intent is left" })
const badState = problem({
  status: 400,
  code: "invalid_state",
  title: `state must be one of ${IntentState.literals.join(", ")}`
})
