import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import { CountsSchema, problemOf, retryProblemOf } from "../schemas.ts"

const connectorId = Schema.String.annotate({ description: "Names the connector, as configured." })
const unknownConnector = "`not_found`: the connector is not configured. Correct the address at the provider."

export class WebhooksGroup extends HttpApiGroup.make("webhooks")
  .add(
    HttpApiEndpoint.get("handshake", "/webhooks/:connectorId", {
      params: { connectorId },
      success: Schema.String.annotate({ description: "The challenge of the request, as text." }).pipe(
        HttpApiSchema.asText({ contentType: "text/plain" })
      ),
      error: [
        problemOf(
          403,
          "`forbidden`: the token differs from the configured one, or the challenge is missing. Correct the token at the provider."
        ),
        problemOf(404, unknownConnector)
      ]
    })
      .annotate(OpenApi.Summary, "Answer the provider's handshake")
      .annotate(
        OpenApi.Description,
        "Returns `hub.challenge` of the query when `hub.mode` is `subscribe` and `hub.verify_token` is the configured token. No API key is needed."
      ),
    HttpApiEndpoint.post("receive", "/webhooks/:connectorId", {
      params: { connectorId },
      payload: Schema.Unknown,
      success: CountsSchema.annotate({
        description:
          "The store has every item, and the body counts them. The header `comporta-deduped` is `true` when all had been received before."
      }),
      error: [
        problemOf(
          401,
          "`unauthorized`: the signature is missing or wrong; the answer does not say which. Check the app secret."
        ),
        problemOf(404, unknownConnector),
        problemOf(408, "The body took longer than about 10 s to arrive. Send it again."),
        problemOf(413, "The body has more than 3 MiB. The gateway admits nothing of it."),
        retryProblemOf(
          503,
          "The store cannot take the webhook, or a limit of concurrent webhooks was reached. Nothing was acknowledged; send it again after `Retry-After`."
        )
      ]
    })
      .annotate(OpenApi.Summary, "Receive a signed webhook")
      .annotate(
        OpenApi.Description,
        "Takes a webhook of at most 3 MiB, verifies the signature over its raw bytes, and stores every item before it answers 200. An item that cannot be decoded is quarantined by itself. No API key is needed."
      )
  )
  .annotate(OpenApi.Description, "Receives the webhooks of providers.") {}
