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

export const AccountView = Schema.Struct({
  connector: ConnectorId,
  account: AccountId,
  state: Schema.Literals(["ok", "paused"]),
  why: Schema.optionalKey(PauseReason),
  since: time("Milliseconds since the epoch, by the store's clock"),
  until: time("The same; absent where the pause waits for somebody. A breaker lets one call try from then on"),
  code: Schema.optionalKey(Schema.String.annotate({ description: "The failure code that brought the pause" }))
}).annotate({ identifier: "Account" })
export type AccountView = typeof AccountView.Type

export const Operated = Schema.Struct({
  reason: Schema.optionalKey(
    Schema.NonEmptyString.annotate({ description: "For the audit log, where it rests sealed" })
  )
}).annotate({ identifier: "Operated" })

const about = { params: { connector: Schema.String, account: Schema.String }, payload: Operated, success: AccountView }
const errors = [problemOf(404, "No such connector or account"), away] as const

export class AccountsGroup extends HttpApiGroup.make("accounts")
  .add(
    HttpApiEndpoint.get("list", "/v1/accounts", {
      success: Schema.Struct({ accounts: Schema.Array(AccountView) }),
      error: away
    })
      .annotate(OpenApi.Summary, "The one state of every account, as all replicas see it")
      .annotate(RequiredScope, "read"),
    HttpApiEndpoint.post("pause", "/v1/accounts/:connector/:account/pause", { ...about, error: errors })
      .annotate(OpenApi.Summary, "Let nothing out for this account until it is resumed")
      .annotate(RequiredScope, "operate")
      .middleware(JsonBody)
      .annotate(BodyOptional, true),
    HttpApiEndpoint.post("resume", "/v1/accounts/:connector/:account/resume", { ...about, error: errors })
      .annotate(OpenApi.Summary, "End a pause, whatever brought it")
      .annotate(RequiredScope, "operate")
      .middleware(JsonBody)
      .annotate(BodyOptional, true)
  )
  .middleware(Auth) {}
