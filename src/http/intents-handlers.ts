import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { IntentId } from "../domain/ids.ts"
import { IntentState } from "../domain/intent.ts"
import { IntentLedger, positionOf } from "../outbound/intent-ledger.ts"
import { Api } from "./api.ts"
import { CurrentClient } from "./api-keys.ts"
import { withScope } from "./auth.ts"
import { bytesOf } from "./body.ts"
import { hidden, shown } from "./explained.ts"
import { type Asked, IntentGate } from "./intent-gate.ts"
import { storeAway } from "./operate.ts"
import { pageOf } from "./page.ts"
import { json, type PlainResponse, problem } from "./plain-response.ts"
import { respond } from "./respond.ts"

const intentIdOf = Schema.decodeUnknownOption(IntentId)
const stateOf = Schema.decodeUnknownOption(IntentState)

export const layer = HttpApiBuilder.group(
  Api,
  "intents",
  Effect.fnUntraced(function* (handlers) {
    const gate = yield* IntentGate
    const ledger = yield* IntentLedger
    return handlers
      .handleRaw("send", ({ headers, request }) =>
        Effect.flatMap(CurrentClient, (client) => {
          const asked = gate.openFor(client, headers)
          if (Result.isFailure(asked)) return Effect.succeed(respond(asked.failure))
          return bytesOf(request).pipe(
            Effect.flatMap((bytes) => sent(gate, asked.success, bytes)),
            Effect.match({ onSuccess: respond, onFailure: respond })
          )
        })
      )
      .handleRaw("get", ({ params }) =>
        withScope(
          "read",
          Effect.gen(function* () {
            const intentId = Option.getOrUndefined(intentIdOf(params.intentId))
            if (intentId === undefined) return unknownIntent
            const record = yield* ledger.get(intentId)
            if (record === undefined) return unknownIntent
            return record === "expired" ? expired : json(200, shown(record))
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
            return Effect.map(ledger.list(state, page.success), (found) =>
              json(200, { ...found, intents: found.intents.map(hidden) })
            )
          }).pipe(Effect.orElseSucceed(() => storeAway))
        ).pipe(Effect.map(respond))
      )
  })
)

const sent = (gate: IntentGate["Service"], asked: Asked, bytes: Uint8Array) =>
  Effect.callback<PlainResponse>((resume) => gate.send(asked, bytes, (response) => resume(Effect.succeed(response))))

const unknownIntent = problem({ status: 404, code: "not_found", title: "No such intent" })
const expired = problem({ status: 410, code: "expired", title: "Only the tombstone of this intent is left" })
const badState = problem({
  status: 400,
  code: "invalid_state",
  title: `state must be one of ${IntentState.literals.join(", ")}`
})
