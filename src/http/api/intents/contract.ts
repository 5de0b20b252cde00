import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import { IntentState } from "../../../domain/intent.ts"
import { IntentRequest } from "../../../outbound/intent/parse-request.ts"
import { pageQuery } from "../page.ts"
import { IntentAnswerSchema, IntentPage, intentProblemOf, IntentView, problemOf } from "../schemas.ts"
import { Auth, away, RequiredScope } from "../../auth/contract.ts"

const accepted = IntentAnswerSchema.annotate({
  description:
    "`accepted`: the intent is stored, and a replica performs it in its turn. `deduped`: it was accepted before and waits."
}).pipe(HttpApiSchema.status(202))

export class IntentsGroup extends HttpApiGroup.make("intents")
  .add(
    HttpApiEndpoint.post("send", "/v1/intents", {
      headers: {
        "idempotency-key": Schema.optionalKey(
          Schema.String.annotate({
            description:
              "Identifies the intent: 1 to 255 printable ASCII characters, bare or in double quotes. Required. Derive it from the cause of the message."
          })
        ),
        prefer: Schema.optionalKey(
          Schema.String.annotate({
            description:
              "`respond-async` makes the gateway store the intent, answer 202 and perform it later. Without it, the answer comes when the call has ended."
          })
        ),
        "comporta-correlation-id": Schema.optionalKey(
          Schema.String.annotate({
            description:
              "Continues the thread of an event or an answer: its `correlationId`. The gateway ignores a value that it did not generate."
          })
        )
      },
      payload: IntentRequest,
      success: [
        IntentAnswerSchema.annotate({
          description: "`sent`: the provider accepted the message. `deduped`: it was sent before under this key."
        }),
        accepted
      ],
      error: [
        problemOf(
          400,
          "`idempotency_key`: the header is missing or is not 1 to 255 printable ASCII characters. `unreadable`: the body broke off. Correct the request."
        ),
        problemOf(
          404,
          "`unknown_connector`, `unknown_account` or `unknown_capability`: it is not configured. Correct the request."
        ),
        intentProblemOf(
          409,
          "`in_flight`: a call under this key may be under way. Send the same key again after `Retry-After`."
        ),
        intentProblemOf(
          410,
          "`expired`: the key was used before, and the intent's retention is over. Find out what was sent then before you use another key."
        ),
        problemOf(413, "`too_large`: the body has more than 1 MiB. Send a smaller one."),
        intentProblemOf(
          422,
          "`key_reused`: the key was used for another body. `invalid_request`, `invalid_json` or the provider's code: the request is wrong. Correct it; `errors` lists its mistakes."
        ),
        intentProblemOf(
          429,
          "`limited_account`, `limited_recipient`, `paused_recipient` or `paused_throttled`: rejected before the claim. Send the same key again after `Retry-After`."
        ),
        intentProblemOf(
          502,
          "The provider refused the call, and `code` is its error code. Read `failure` and `safeNewKey` before you send again."
        ),
        intentProblemOf(
          503,
          "`store_unavailable`, `too_many_at_once`, `network_refused`, `paused_auth` and others: certainly not performed. `acceptance_unknown`: the store did not confirm the acceptance. Send the same key again."
        ),
        intentProblemOf(
          504,
          "`in_doubt`, `disputed` or `claimed`: the outcome is unknown, and the gateway does not send again. Read the intent later, or resolve it."
        )
      ]
    })
      .annotate(OpenApi.Summary, "Perform one intent, once")
      .annotate(
        OpenApi.Description,
        "Sends one message or performs another operation at the provider. A request with the same key and body performs nothing twice and returns the stored outcome. A caller that disconnects does not stop the intent. The key needs the scope `send`."
      )
      .annotate(RequiredScope, "send"),
    HttpApiEndpoint.get("get", "/v1/intents/:intentId", {
      params: {
        intentId: Schema.String.annotate({ description: "Identifies the intent: `int_` and 32 hex digits." })
      },
      success: IntentView,
      error: [
        problemOf(404, "`not_found`: the intent does not exist. Check the id."),
        problemOf(410, "`expired`: the intent's retention is over, and only its tombstone is left."),
        away
      ]
    })
      .annotate(OpenApi.Summary, "Get one intent")
      .annotate(
        OpenApi.Description,
        "Returns the ledger's record: state, receipt, failure and the last 64 steps. The key needs the scope `read`."
      )
      .annotate(RequiredScope, "read"),
    HttpApiEndpoint.get("list", "/v1/intents", {
      query: {
        state: Schema.optionalKey(
          Schema.String.annotate({
            description: `Selects intents in this state. Required: one of ${IntentState.literals.join(", ")}.`
          })
        ),
        ...pageQuery
      },
      success: IntentPage,
      error: [
        problemOf(
          400,
          "`invalid_state`, `invalid_limit` or `invalid_cursor`: a query parameter is missing or invalid. Correct it as the `title` says."
        ),
        away
      ]
    })
      .annotate(OpenApi.Summary, "List the intents in one state")
      .annotate(
        OpenApi.Description,
        "Returns the intents in one state, newest first, without the provider's own text. The key needs the scope `read`."
      )
      .annotate(RequiredScope, "read")
  )
  .annotate(OpenApi.Description, "Performs intents and shows what became of them.")
  .middleware(Auth) {}
