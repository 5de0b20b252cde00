import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import { problemOf, retryProblemOf } from "../schemas.ts"
import { Auth, RequiredScope } from "../../auth/contract.ts"

export const UploadedMedium = Schema.Struct({
  id: Schema.String.annotate({ description: "The provider's id of the medium. A message refers to the medium by it." })
}).annotate({ identifier: "UploadedMedium", description: "The medium that the provider has stored." })

const bytes = Schema.Uint8Array.pipe(HttpApiSchema.asUint8Array({ contentType: "application/octet-stream" }))

const unavailable = [
  retryProblemOf(
    502,
    "The provider refused the call, or did not report its outcome; `failure` says more. A repeated request is safe."
  ),
  retryProblemOf(
    503,
    "The provider cannot be reached, or `too_many_at_once`: 16 media are under way. Send the request again after `Retry-After`."
  )
]

const connector = Schema.String.annotate({ description: "Names the connector, as configured." })
const account = Schema.String.annotate({ description: "Names the account by its alias in the configuration." })
const noMedia =
  "`unknown_connector` or `unknown_account`: it is not configured. `no_media`: the connector does not offer media."

export class MediaGroup extends HttpApiGroup.make("media")
  .add(
    HttpApiEndpoint.post("upload", "/v1/media", {
      query: {
        connector: Schema.optionalKey(connector),
        account: Schema.optionalKey(account),
        filename: Schema.optionalKey(
          Schema.String.annotate({ description: "Names the file at the provider. Optional." })
        )
      },
      headers: {
        "content-type": Schema.optionalKey(
          Schema.String.annotate({ description: "Media type of the medium with its parameters, such as `image/jpeg`." })
        ),
        "content-length": Schema.optionalKey(
          Schema.String.annotate({ description: "Size of the medium in bytes. Required." })
        )
      },
      payload: bytes,
      success: UploadedMedium,
      error: [
        problemOf(400, "`no_account`: the query does not name both a connector and an account. Add them."),
        problemOf(404, `${noMedia} Correct the query.`),
        problemOf(411, "`length_required`: the request has no `Content-Length`, or one that is no number. Add it."),
        problemOf(413, "`too_large`: the connector allows no medium of this size. Send a smaller one."),
        problemOf(
          422,
          "`invalid_request` or the provider's code: the gateway or the provider refuses the type or size. Correct the medium; `errors` or `failure` says more."
        ),
        ...unavailable
      ]
    })
      .annotate(OpenApi.Summary, "Upload a medium to the provider")
      .annotate(
        OpenApi.Description,
        "Streams the body to the provider, which stores it for messages to refer to. An upload reaches no recipient, so it has no idempotency key and may be repeated after any failure. It may take 2 minutes. The key needs the scope `send`."
      )
      .annotate(RequiredScope, "send"),
    HttpApiEndpoint.get("download", "/v1/media/:connector/:account/:id", {
      params: {
        connector,
        account,
        id: Schema.String.annotate({ description: "The provider's id of the medium, as in its event." })
      },
      success: bytes.annotate({ description: "The bytes of the medium, with the provider's media type." }),
      error: [
        problemOf(
          404,
          `${noMedia} \`not_found\`: the provider has no medium of this id, or no longer. Correct the path.`
        ),
        problemOf(422, "The provider calls the request wrong, and `code` is its error code. `failure` says more."),
        ...unavailable
      ]
    })
      .annotate(OpenApi.Summary, "Download a received medium")
      .annotate(
        OpenApi.Description,
        "Streams the bytes of a medium that a person sent. The answer is always an attachment with `nosniff`, since its content is not trusted. If the provider's answer breaks off, the gateway cuts the connection. The key needs the scope `read`."
      )
      .annotate(RequiredScope, "read")
  )
  .annotate(OpenApi.Description, "Uploads and downloads the media that messages refer to.")
  .middleware(Auth) {}
