import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { IntentId } from "../../../domain/ids.ts"
import { IntentState } from "../../../domain/intent.ts"
import { IntentLedger, positionOf } from "../../../outbound/ledger/intent-ledger.ts"
import { Api } from "../api.ts"
import { apiProblem, expiredIntent, unknownIntent, withStoreProblems } from "../problems.ts"
import { CurrentClient } from "../../auth/api-keys.ts"
import { bytesOf } from "../decode-body.ts"
import { hidden, shown } from "../../server/explained.ts"
import { type SubmissionHead, SendEndpoint } from "../../server/send-endpoint.ts"
import { pageOf } from "../page.ts"
import { type PlainResponse, toResponse } from "../../server/response.ts"

const isIntentId = Schema.is(IntentId)
const isState = Schema.is(IntentState)

const badState = apiProblem({
  status: 400,
  code: "invalid_state",
  title: `state is missing or invalid; send one of ${IntentState.literals.join(", ")}`
})

export const layer = HttpApiBuilder.group(
  Api,
  "intents",
  Effect.fnUntraced(function* (handlers) {
    const endpoint = yield* SendEndpoint
    const ledger = yield* IntentLedger
    return handlers
      .handleRaw("send", ({ headers, request }) =>
        Effect.flatMap(CurrentClient, (client) => {
          const asked = endpoint.openFor(client, headers)
          if (Result.isFailure(asked)) return Effect.succeed(toResponse(asked.failure))
          return bytesOf(request).pipe(
            Effect.flatMap((bytes) => sent(endpoint, asked.success, bytes)),
            Effect.map(toResponse)
          )
        })
      )
      .handle("get", ({ params: { intentId } }) =>
        Effect.gen(function* () {
          const record = isIntentId(intentId) ? yield* ledger.get(intentId) : undefined
          if (record === undefined) return yield* Effect.fail(unknownIntent)
          return record === "expired" ? yield* Effect.fail(expiredIntent) : shown(record)
        }).pipe(withStoreProblems)
      )
      .handle("list", ({ query: { state, ...query } }) =>
        Effect.gen(function* () {
          if (!isState(state)) return yield* Effect.fail(badState)
          const page = yield* Effect.fromResult(pageOf(query, (cursor) => positionOf(cursor) !== undefined))
          const { intents, ...rest } = yield* ledger.list(state, page)
          return { intents: intents.map(hidden), ...rest }
        }).pipe(withStoreProblems)
      )
  })
)

const sent = (endpoint: SendEndpoint["Service"], asked: SubmissionHead, bytes: Uint8Array) =>
  Effect.callback<PlainResponse>((resume) =>
    endpoint.send(asked, bytes, (response) => resume(Effect.succeed(response)))
  )
