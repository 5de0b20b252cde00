import * as Context from "effect/Context"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import { problemOf } from "./schemas.ts"

/** Says whether an endpoint takes a request without a body as `{}`. */
export const BodyOptional = Context.Reference<boolean>("comporta/http/BodyOptional", { defaultValue: () => false })

/** Reads the JSON of a request, of whatever content type, within the limits of the gateway, and reports what is wrong with it. */
export class JsonBody extends HttpApiMiddleware.Service<JsonBody>()("comporta/http/JsonBody", {
  error: [
    problemOf(400, "The body could not be read"),
    problemOf(413, "The body is larger than 1 MiB"),
    problemOf(422, "The request is wrong")
  ]
}) {}
