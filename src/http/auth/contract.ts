import * as Context from "effect/Context"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import type { CurrentClient, KeyScope } from "./api-keys.ts"
import { challengeOf, problemOf, retryProblemOf } from "../api/schemas.ts"

/** Names the scope that an endpoint needs. An endpoint without this annotation needs `operate`. */
export const RequiredScope = Context.Reference<KeyScope>("comporta/http/RequiredScope", {
  defaultValue: () => "operate"
})

/** The scheme in the spelling of OpenAPI. For the library's `Bearer`, `/docs` would show a user name and a password. */
const bearer = HttpApiSecurity.http({ scheme: "bearer" })

/** Checks `Authorization: Bearer <key>` and the endpoint's scope before any part of the request is decoded. */
export class Auth extends HttpApiMiddleware.Service<Auth, { provides: CurrentClient }>()("comporta/http/Auth", {
  security: { bearer },
  error: [challengeOf("No key, or one that is not known"), problemOf(403, "The key lacks the scope that this needs")]
}) {}

export const away = retryProblemOf(503, "The store does not answer")
