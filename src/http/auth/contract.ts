import * as Context from "effect/Context"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as OpenApi from "effect/http-api/OpenApi"
import type { CurrentClient, KeyScope } from "./api-keys.ts"
import { challengeOf, problemOf, retryProblemOf } from "../api/schemas.ts"

/** Names the scope that an endpoint needs. An endpoint without this annotation needs `operate`. */
export const RequiredScope = Context.Reference<KeyScope>("comporta/http/RequiredScope", {
  defaultValue: () => "operate"
})

/** The scheme in the spelling of OpenAPI. For the library's `Bearer`, `/docs` would show a user name and a password. */
const bearer = HttpApiSecurity.http({ scheme: "bearer" }).pipe(
  HttpApiSecurity.annotate(
    OpenApi.Description,
    "Send an API key of the configuration as `Authorization: Bearer <key>`. Each endpoint names the scope that the key needs."
  )
)

/** Checks `Authorization: Bearer <key>` and the endpoint's scope before any part of the request is decoded. */
export class Auth extends HttpApiMiddleware.Service<Auth, { provides: CurrentClient }>()("comporta/http/Auth", {
  security: { bearer },
  error: [
    challengeOf("`unauthorized`: the request has no API key, or an unknown one. Send a configured key."),
    problemOf(403, "`forbidden`: the key lacks the scope that the endpoint needs. Use a key of that scope.")
  ]
}) {}

export const away = retryProblemOf(
  503,
  "`store_unavailable`: the store does not answer, and nothing was done. Send the request again after `Retry-After`. An action may also get `store_full`, or `outcome_unknown`: the store did not confirm whether the action was performed."
)
