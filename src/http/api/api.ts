import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as OpenApi from "effect/http-api/OpenApi"
import { AccountsGroup } from "./accounts/contract.ts"
import { AuditGroup } from "./audit/contract.ts"
import { ConnectorsGroup } from "./connectors/contract.ts"
import { DeadLettersGroup } from "./dead-letters/contract.ts"
import { EventsGroup } from "./events/contract.ts"
import { ExplainGroup } from "./explain/contract.ts"
import { QuarantineGroup } from "./quarantine/contract.ts"
import { GoNoGoGroup } from "./go-no-go/contract.ts"
import { HealthGroup } from "./health/contract.ts"
import { IntentsGroup } from "./intents/contract.ts"
import { ResolutionsGroup } from "./resolutions/contract.ts"
import { MediaGroup } from "./media/contract.ts"
import { PeopleGroup } from "./people/contract.ts"
import { WebhooksGroup } from "./webhooks/contract.ts"

const about = OpenApi.annotations({
  title: "Comporta",
  version: "1",
  description: [
    "Comporta is a gateway between an application (the runtime) and message providers. Each item of a webhook becomes one event for the runtime, and each intent becomes one message at the provider. When the outcome of a call is unknown, the gateway does not send again.",
    "A problem is answered as `application/problem+json` (RFC 9457), and its `code` names it. Any request may also be answered 400 (the bytes are not HTTP), 404 (no such route), 408 (the request arrived too slowly), 431 (the headers exceed 32 KiB), 500 (a defect of the gateway; its log says where) or 503 `too_many_at_once` (send it again after `Retry-After`)."
  ].join("\n\n")
})

const groups = [
  IntentsGroup,
  ResolutionsGroup,
  ConnectorsGroup,
  MediaGroup,
  AccountsGroup,
  EventsGroup,
  DeadLettersGroup,
  QuarantineGroup,
  PeopleGroup,
  ExplainGroup,
  GoNoGoGroup,
  AuditGroup,
  HealthGroup
] as const

/** Turns a reply that its schema cannot encode into a defect. */
export class EncodingFaults extends HttpApiMiddleware.Service<EncodingFaults>()("comporta/http/EncodingFaults") {}

/** The groups that the handlers of the API serve. */
export class Api extends HttpApi.make("comporta")
  .add(...groups)
  .middleware(EncodingFaults)
  .middleware(HttpApiMiddleware.ProblemDetails)
  .annotate(HttpApi.PayloadParseOptions, { errors: "all", onExcessProperty: "error" })
  .annotateMerge(about) {}

/** The description of the API and of the webhooks, which a handler without a framework serves. */
export class Described extends HttpApi.make("comporta")
  .add(...groups)
  .add(WebhooksGroup)
  .annotateMerge(about) {}
