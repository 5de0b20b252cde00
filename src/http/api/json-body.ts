import * as Context from "effect/Context"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import { problemOf } from "./schemas.ts"

/** Declares that an endpoint accepts a request without a body and decodes it as `{}`. */
export const BodyOptional = Context.Reference<boolean>("comporta/http/BodyOptional", { defaultValue: () => false })

/** Reads a request of any content type as JSON, within the limits of the gateway. Fails with the problem that it finds. */
export class JsonBody extends HttpApiMiddleware.Service<JsonBody>()("comporta/http/JsonBody", {
  error: [
    problemOf(400, "The body could not be read"),
    problemOf(413, "The body is larger than 1 MiB"),
    problemOf(422, "The request is wrong")
  ]
}) {}
