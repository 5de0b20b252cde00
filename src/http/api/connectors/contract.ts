import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import { CapabilityId, ConnectorId } from "../../../domain/ids.ts"
import { Protection } from "../../../domain/intent.ts"
import { countMember } from "../schemas.ts"
import { Auth, RequiredScope } from "../../auth/contract.ts"

const Capability = Schema.Struct({
  capability: Schema.String.annotate({ description: "Names the capability as a request does, such as `text`." }),
  capabilityId: CapabilityId,
  protection: Protection,
  proof: Schema.optionalKey(
    Schema.Literals(["status-echo", "message-echo", "read-back"]).annotate({
      description:
        "Names the evidence that ends a doubt without an operator: `status-echo`, `message-echo` or `read-back`. Absent unless `protection` is `verified`."
    })
  ),
  retryUnknown: countMember(
    "Counts how often the gateway repeats a call whose outcome is unknown. 0 unless `protection` is `idempotent`."
  ),
  recipient: Schema.Literals(["required", "absent"]).annotate({
    description: "States whether a request has `to`: `required`, or `absent` when the capability has no recipient."
  })
}).annotate({ identifier: "Capability", description: "One operation of a connector that the configuration enables." })

export const ConnectorView = Schema.Struct({
  connector: ConnectorId,
  version: Schema.String.annotate({ description: "Version of the connector." }),
  accounts: Schema.Array(Schema.String).annotate({ description: "Lists the aliases of its configured accounts." }),
  capabilities: Schema.Array(Capability).annotate({ description: "Lists the capabilities that a request may name." })
}).annotate({ identifier: "Connector", description: "One configured connector." })
export type ConnectorView = typeof ConnectorView.Type

export class ConnectorsGroup extends HttpApiGroup.make("connectors")
  .add(
    HttpApiEndpoint.get("list", "/v1/connectors", {
      success: Schema.Struct({
        connectors: Schema.Array(ConnectorView).annotate({ description: "Lists every configured connector." })
      }).annotate({ description: "The configured connectors." })
    })
      .annotate(OpenApi.Summary, "List connectors, accounts and capabilities")
      .annotate(
        OpenApi.Description,
        "Returns what is configured, and how each capability handles an unknown outcome. The key needs the scope `read`."
      )
      .annotate(RequiredScope, "read")
  )
  .annotate(OpenApi.Description, "Shows what is configured.")
  .middleware(Auth) {}
