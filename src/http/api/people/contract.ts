import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { problemOf } from "../schemas.ts"
import { Auth, away, RequiredScope } from "../../auth/contract.ts"
import { JsonBody } from "../json-body.ts"

export const Forget = Schema.Struct({
  connector: Schema.NonEmptyString,
  person: Schema.NonEmptyString.annotate({
    description: "A phone number, however it is punctuated, or an id of the provider's"
  }),
  account: Schema.optionalKey(Schema.NonEmptyString),
  reason: Schema.optionalKey(Schema.String),
  cursor: Schema.optionalKey(Schema.String)
})

export const Forgotten = Schema.Struct({
  events: Schema.Int,
  pending: Schema.Int,
  deadLetters: Schema.Int,
  quarantined: Schema.Int,
  replies: Schema.Int,
  intents: Schema.Int,
  abandoned: Schema.Int,
  underWay: Schema.Int,
  unreadable: Schema.Int,
  limits: Schema.Int,
  next: Schema.optionalKey(Schema.String.annotate({ description: "Pass as `cursor` to go on" }))
}).annotate({ identifier: "Forgotten" })

export class PeopleGroup extends HttpApiGroup.make("people")
  .add(
    HttpApiEndpoint.post("forget", "/v1/people/forget", {
      payload: Forget,
      success: Forgotten,
      error: [
        problemOf(400, "A cursor that is none"),
        problemOf(404, "No such connector or account"),
        problemOf(422, "The request is wrong, or names nobody"),
        away
      ]
    })
      .annotate(OpenApi.Summary, "Erase what is held about one person")
      .annotate(RequiredScope, "operate")
      .middleware(JsonBody)
  )
  .middleware(Auth) {}
