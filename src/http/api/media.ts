import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import { problemOf } from "../schemas.ts"
import { Auth, forbidden } from "./bearer.ts"

export const UploadedMedium = Schema.Struct({
  id: Schema.String.annotate({ description: "The provider's id: for the `id` of a message" })
}).annotate({ identifier: "UploadedMedium" })

const bytes = Schema.Uint8Array.pipe(HttpApiSchema.asUint8Array({ contentType: "application/octet-stream" }))

const unavailable = [
  problemOf(502, "The provider refused, or did not say what became of it"),
  problemOf(503, "The provider cannot be reached, or too many media are under way")
]

export class Media extends HttpApiGroup.make("media")
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
        forbidden,
        problemOf(404, "No such connector or account, or one that keeps no media"),
        problemOf(411, "No Content-Length"),
        problemOf(413, "Larger than any medium may be"),
        problemOf(422, "The provider would not take a medium of this type or size"),
        ...unavailable
      ]
    }).annotate(OpenApi.Summary, "Put a medium where messages can refer to it"),
    HttpApiEndpoint.get("download", "/v1/media/:connector/:account/:id", {
      params: { connector: Schema.String, account: Schema.String, id: Schema.String },
      success: bytes.annotate({ description: "The bytes, with the provider's media type" }),
      error: [forbidden, problemOf(404, "No such connector, account or medium"), ...unavailable]
    }).annotate(OpenApi.Summary, "Get a medium that somebody sent")
  )
  .middleware(Auth) {}
