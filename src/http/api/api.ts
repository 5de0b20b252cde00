import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as OpenApi from "effect/http-api/OpenApi"
import { AccountsGroup } from "./accounts/contract.ts"
import { AuditGroup } from "./audit/contract.ts"
import { ConnectorsGroup } from "./connectors/contract.ts"
import { DeadLettersGroup } from "./dead-letters/contract.ts"
import { EventsGroup } from "./events/contract.ts"
import { QuarantineGroup } from "./quarantine/contract.ts"
import { HealthGroup } from "./health/contract.ts"
import { IntentsGroup } from "./intents/contract.ts"
import { ResolutionsGroup } from "./resolutions/contract.ts"
import { MediaGroup } from "./media/contract.ts"
import { PeopleGroup } from "./people/contract.ts"
import { WebhooksGroup } from "./webhooks/contract.ts"

const about = OpenApi.annotations({
  title: "Comporta",
  version: "1",
  description: "A connector gateway: webhooks come in once, intents go out once, and in doubt it stays shut."
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
