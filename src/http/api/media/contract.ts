import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import { problemOf, retryProblemOf } from "../schemas.ts"
import { Auth, RequiredScope } from "../../auth/contract.ts"

export const UploadedMedium = Schema.Struct({
  id: Schema.String.annotate({ description: "The provider's id: for the `id` of a message" })
}).annotate({ identifier: "UploadedMedium" })

const bytes = Schema.Uint8Array.pipe(HttpApiSchema.asUint8Array({ contentType: "application/octet-stream" }))

const unavailable = [
  retryProblemOf(502, "The provider refused, or did not say what became of it"),
  retryProblemOf(503, "The provider cannot be reached, or too many media are under way")
]

export class MediaGroup extends HttpApiGroup.make("media")
  .add(
    HttpApiEndpoint.post("upload", "/v1/media", {
      query: {
        connector: Schema.optionalKey(Schema.String),
        account: Schema.optionalKey(Schema.String),
        filename: Schema.optionalKey(Schema.String.annotate({ description: "What the provider may call it" }))
      },
      headers: {
        "content-type": Schema.optionalKey(Schema.String.annotate({ description: "Of the medium: `image/jpeg`" })),
        "content-length": Schema.optionalKey(Schema.String)
      },
      payload: bytes,
      success: UploadedMedium,
      error: [
        problemOf(400, "No connector or account"),
        problemOf(404, "No such connector or account, or one that keeps no media"),
        problemOf(411, "No Content-Length"),
        problemOf(413, "Larger than any medium may be"),
        problemOf(422, "The provider would not take a medium of this type or size"),
        ...unavailable
      ]
    })
      .annotate(OpenApi.Summary, "Put a medium where messages can refer to it")
      .annotate(RequiredScope, "send"),
    HttpApiEndpoint.get("download", "/v1/media/:connector/:account/:id", {
      params: { connector: Schema.String, account: Schema.String, id: Schema.String },
      success: bytes.annotate({ description: "The bytes, with the provider's media type" }),
      error: [
        problemOf(404, "No such connector, account or medium"),
        problemOf(422, "The provider calls the request wrong"),
        ...unavailable
      ]
    })
      .annotate(OpenApi.Summary, "Get a medium that somebody sent")
      .annotate(RequiredScope, "read")
  )
  .middleware(Auth) {}
