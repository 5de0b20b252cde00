import * as Context from "effect/Context"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import { problemOf } from "./schemas.ts"

/** Declares that an endpoint accepts a request without a body and decodes it as `{}`. */
export const BodyOptional = Context.Reference<boolean>("comporta/http/BodyOptional", { defaultValue: () => false })

/** Reads a request of any content type as JSON, within the limits of the gateway. Fails with the problem that it finds. */
export class JsonBody extends HttpApiMiddleware.Service<JsonBody>()("comporta/http/JsonBody", {
  error: [
    problemOf(400, "`unreadable`: the body broke off before its end. Send the request again."),
    problemOf(413, "`too_large`: the body has more than 1 MiB. Send a smaller one."),
    problemOf(
      422,
      "`invalid_request`, `invalid_json` or a related code: the body is not JSON or does not fit its schema. Correct the members that `errors` lists."
    )
  ]
}) {}
