import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import type { CurrentClient } from "../api-keys.ts"
import { problemOf } from "../schemas.ts"

/** As OpenAPI spells it; `/docs` takes the library's `Bearer` for a user name and a password. */
const bearer = HttpApiSecurity.http({ scheme: "bearer" })

/** `Authorization: Bearer <key>`; answers 401 itself. */
export class Auth extends HttpApiMiddleware.Service<Auth, { provides: CurrentClient }>()("comporta/http/Auth", {
  security: { bearer },
  error: problemOf(401, "No key, or one that is not known")
}) {}

export const forbidden = problemOf(403, "The key lacks the scope that this needs")
export const away = problemOf(503, "The store does not answer")
