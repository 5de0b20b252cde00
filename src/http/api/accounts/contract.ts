import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import { AccountId, ConnectorId } from "../../../domain/ids.ts"
import { PauseReason } from "../../../domain/pause.ts"
import { problemOf } from "../schemas.ts"
import { Auth, away, RequiredScope } from "../../auth/contract.ts"
import { BodyOptional, JsonBody } from "../json-body.ts"

const time = (description: string) => Schema.optionalKey(Schema.Finite.annotate({ description }))

const connector = Schema.String.annotate({ description: "Names the connector, as configured." })
const account = Schema.String.annotate({ description: "Names the account by its alias in the configuration." })

export const AccountView = Schema.Struct({
  connector: ConnectorId,
  account: AccountId,
  state: Schema.Literals(["ok", "paused"]).annotate({
    description: "State of the account: `ok`, or `paused` while the gateway performs no intent of it."
  }),
  why: Schema.optionalKey(PauseReason),
  since: time("Time at which the pause began, in milliseconds of the store's clock. Absent when it is not paused."),
  until: time(
    "Time at which the pause ends by itself, in milliseconds of the store's clock; a breaker then makes one probe call. Absent when only an operator or a new credential ends the pause."
  ),
  code: Schema.optionalKey(
    Schema.String.annotate({ description: "Names the failure that caused the pause. Absent when no failure did." })
  )
}).annotate({ identifier: "Account", description: "State of one account, the same for every replica." })
export type AccountView = typeof AccountView.Type

export const Operated = Schema.Struct({
  reason: Schema.optionalKey(
    Schema.NonEmptyString.annotate({
      description: "States the reason in the operator's own words. The audit log stores it encrypted."
    })
  )
}).annotate({ identifier: "Operated", description: "Holds the reason of the action. An empty body gives none." })

const about = { params: { connector, account }, payload: Operated, success: AccountView }
const errors = [
  problemOf(404, "`unknown_connector` or `unknown_account`: it is not configured. Correct the path."),
  away
] as const

export class AccountsGroup extends HttpApiGroup.make("accounts")
  .add(
    HttpApiEndpoint.get("list", "/v1/accounts", {
      success: Schema.Struct({
        accounts: Schema.Array(AccountView).annotate({ description: "Lists every configured account." })
      }).annotate({ description: "The state of every configured account." }),
      error: away
    })
      .annotate(OpenApi.Summary, "List the state of every account")
      .annotate(
        OpenApi.Description,
        "Returns each account with its pause, if it has one. The store holds the state, so every replica returns the same. The key needs the scope `read`."
      )
      .annotate(RequiredScope, "read"),
    HttpApiEndpoint.post("pause", "/v1/accounts/:connector/:account/pause", { ...about, error: errors })
      .annotate(OpenApi.Summary, "Pause an account")
      .annotate(
        OpenApi.Description,
        "Stops all sends of the account until an operator resumes it. Its intents are rejected before the claim, and accepted ones wait. The gateway writes the action to the audit log first. The key needs the scope `operate`."
      )
      .annotate(RequiredScope, "operate")
      .middleware(JsonBody)
      .annotate(BodyOptional, true),
    HttpApiEndpoint.post("resume", "/v1/accounts/:connector/:account/resume", { ...about, error: errors })
      .annotate(OpenApi.Summary, "Resume an account")
      .annotate(
        OpenApi.Description,
        "Ends a pause of any reason and resets the failures that led to it. Resuming an account that is not paused changes nothing. The gateway writes the action to the audit log first. The key needs the scope `operate`."
      )
      .annotate(RequiredScope, "operate")
      .middleware(JsonBody)
      .annotate(BodyOptional, true)
  )
  .annotate(OpenApi.Description, "Shows, pauses and resumes the configured accounts.")
  .middleware(Auth) {}
