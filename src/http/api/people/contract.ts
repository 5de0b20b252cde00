import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { countMember, nextMember, problemOf } from "../schemas.ts"
import { Auth, away, RequiredScope } from "../../auth/contract.ts"
import { JsonBody } from "../json-body.ts"

export const Forget = Schema.Struct({
  connector: Schema.NonEmptyString.annotate({ description: "Names the connector, as configured." }),
  person: Schema.NonEmptyString.annotate({
    description:
      "Identifies the person: a phone number with its country code, in any punctuation, or an id of the provider."
  }),
  account: Schema.optionalKey(
    Schema.NonEmptyString.annotate({
      description: "Limits the erasure to the account with this alias. Default: every account of the connector."
    })
  ),
  reason: Schema.optionalKey(
    Schema.String.annotate({
      description:
        "States the reason in the operator's own words. It must not name the person. The audit log stores it encrypted."
    })
  ),
  cursor: Schema.optionalKey(
    Schema.String.annotate({ description: "Continues after a request: its `next`. Omit it to start." })
  )
}).annotate({ description: "Identifies the person whose records the gateway erases." })

export const Forgotten = Schema.Struct({
  events: countMember("Counts the erased events of the log, delivered or not."),
  pending: countMember(
    "Counts those of `events` that were not acknowledged. They are not delivered and count as dead-lettered."
  ),
  deadLetters: countMember("Counts the erased dead letters."),
  quarantined: countMember("Counts the erased quarantined items."),
  replies: countMember("Counts the erased answers of the runtime that were not performed."),
  intents: countMember("Counts the intents whose request or receipt was erased."),
  abandoned: countMember(
    "Counts those of `intents` that were accepted. They end as `failed` with the code `recipient_forgotten`."
  ),
  underWay: countMember(
    "Counts those of `intents` whose call may be under way. Repeat the request to erase the receipts that come later."
  ),
  unreadable: countMember("Counts the records that no available key opens. They may still name the person."),
  limits: countMember("Counts the deleted pauses and limits of the recipient."),
  next: nextMember
}).annotate({ identifier: "Forgotten", description: "Counts what one request erased." })

export class PeopleGroup extends HttpApiGroup.make("people")
  .add(
    HttpApiEndpoint.post("forget", "/v1/people/forget", {
      payload: Forget,
      success: Forgotten,
      error: [
        problemOf(
          400,
          "`invalid_cursor`: `cursor` is not the `next` of a request. Correct it, or omit it to start again."
        ),
        problemOf(404, "`unknown_connector` or `unknown_account`: it is not configured. Correct the request."),
        problemOf(
          422,
          "`not_a_person`: `person` is neither a phone number nor an id of the provider. `reason_names_person`: the reason names the person. Correct the request."
        ),
        away
      ]
    })
      .annotate(OpenApi.Summary, "Erase the records about one person")
      .annotate(
        OpenApi.Description,
        "Erases what the store holds about one person. One request examines about 10,000 records; to continue, send `next` as `cursor`. A repeated request erases what has come since. The gateway writes the action to the audit log first, with a keyed hash of the person. The key needs the scope `operate`."
      )
      .annotate(RequiredScope, "operate")
      .middleware(JsonBody)
  )
  .annotate(OpenApi.Description, "Erases what the store holds about a person.")
  .middleware(Auth) {}
