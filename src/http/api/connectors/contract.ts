import * as Schema from "effect/Schema"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import { CapabilityId, ConnectorId } from "../../../domain/ids.ts"
import { Protection } from "../../../domain/intent.ts"
import { Auth, RequiredScope } from "../../auth/contract.ts"

const Capability = Schema.Struct({
  capability: Schema.String.annotate({ description: "As in a request: `text`" }),
  capabilityId: CapabilityId,
  protection: Protection.annotate({
    description: "May an unknown end be tried again (`idempotent`), be proven later (`verified`), or neither?"
  }),
  proof: Schema.optionalKey(
    Schema.Literals(["status-echo", "message-echo", "read-back"]).annotate({
      description: "How a doubt of a `verified` capability ends by itself"
    })
  ),
  retryUnknown: Schema.Int.annotate({ description: "How often an unknown end is tried again; 0 unless `idempotent`" }),
  recipient: Schema.Literals(["required", "absent"])
}).annotate({ identifier: "Capability" })

export const ConnectorView = Schema.Struct({
  connector: ConnectorId,
  version: Schema.String,
  accounts: Schema.Array(Schema.String),
  capabilities: Schema.Array(Capability)
}).annotate({ identifier: "Connector" })
export type ConnectorView = typeof ConnectorView.Type

export class ConnectorsGroup extends HttpApiGroup.make("connectors")
  .add(
    HttpApiEndpoint.get("list", "/v1/connectors", {
      success: Schema.Struct({ connectors: Schema.Array(ConnectorView) })
    })
      .annotate(OpenApi.Summary, "What is configured: connectors, accounts, capabilities and how each is protected")
      .annotate(RequiredScope, "read")
  )
  .middleware(Auth) {}
