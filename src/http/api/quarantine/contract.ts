import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { ItemFilter } from "../../../inbound/operate/bulk.ts"
import { Auth, away, RequiredScope } from "../../auth/contract.ts"
import { Because } from "../decode-body.ts"
import {
  badBulkCursor,
  badQuery,
  ItemPage,
  ItemView,
  ReleasedMany,
  ReleasedOne,
  manyFields,
  unreadableContent
} from "../events/schemas.ts"
import { BodyOptional, JsonBody } from "../json-body.ts"
import { rangeQuery } from "../page.ts"
import { problemOf } from "../schemas.ts"

export const ReleaseMany = Schema.Struct({ filter: ItemFilter, ...manyFields }).annotate({
  description: "Selects the items to release."
})

const id = Schema.String.annotate({ description: "Identifies the quarantined item: `qua_` and 32 hex digits." })
const noItem = "`not_found`: no quarantined item has this id, or its retention is over. Check the id."

export class QuarantineGroup extends HttpApiGroup.make("quarantine")
  .add(
    HttpApiEndpoint.get("list", "/v1/quarantine", {
      query: rangeQuery,
      success: ItemPage,
      error: [badQuery, away]
    })
      .annotate(OpenApi.Summary, "List quarantined items")
      .annotate(
        OpenApi.Description,
        "Returns the items of signed webhooks that the gateway did not admit, without content. The key needs the scope `read`."
      )
      .annotate(RequiredScope, "read"),
    HttpApiEndpoint.get("get", "/v1/quarantine/:id", {
      params: { id },
      success: ItemView,
      error: [problemOf(404, noItem), unreadableContent]
    })
      .annotate(OpenApi.Summary, "Get one quarantined item with its content")
      .annotate(
        OpenApi.Description,
        "Returns the item as in a list, with its content and the provider's id of its account. The key needs the scope `read`."
      )
      .annotate(RequiredScope, "read"),
    HttpApiEndpoint.post("release", "/v1/quarantine/:id/release", {
      params: { id },
      payload: Because,
      success: ReleasedOne,
      error: [
        problemOf(404, noItem),
        problemOf(
          409,
          "`stays_quarantined`: the item cannot be admitted, and `reason` says why. Correct the configuration, or release another item of its webhook."
        ),
        unreadableContent
      ]
    })
      .annotate(OpenApi.Summary, "Release one quarantined item")
      .annotate(
        OpenApi.Description,
        "Admits the item by the connector and the accounts that are configured now. It becomes an event under the id that it would have had, and is deduplicated if it came in meanwhile. By releasing an item that another secret signed, the operator declares that it is genuine. The gateway writes the action to the audit log first. The key needs the scope `operate`."
      )
      .annotate(RequiredScope, "operate")
      .middleware(JsonBody)
      .annotate(BodyOptional, true),
    HttpApiEndpoint.post("releaseMany", "/v1/quarantine/release", {
      payload: ReleaseMany,
      success: ReleasedMany,
      error: [problemOf(400, badBulkCursor), away]
    })
      .annotate(OpenApi.Summary, "Release the quarantined items that match")
      .annotate(
        OpenApi.Description,
        "Admits the matching items, oldest first, and counts those that stay. One request examines about 1,000 items. To continue, send `next` as `cursor`. A repeated request is safe. The gateway writes the action to the audit log first. The key needs the scope `operate`."
      )
      .annotate(RequiredScope, "operate")
      .middleware(JsonBody)
      .annotate(BodyOptional, true)
  )
  .annotate(OpenApi.Description, "Shows items that the gateway did not admit, and admits them later.")
  .middleware(Auth) {}
