import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as OpenApi from "effect/http-api/OpenApi"
import { Accounts } from "./accounts/contract.ts"
import { Audit } from "./audit/contract.ts"
import { Connectors } from "./connectors/contract.ts"
import { DeadLetters } from "./dead-letters/contract.ts"
import { Events } from "./events/contract.ts"
import { Quarantine } from "./quarantine/contract.ts"
import { Health } from "./health/contract.ts"
import { Intents } from "./intents/contract.ts"
import { Resolutions } from "./resolutions/contract.ts"
import { Media } from "./media/contract.ts"
import { People } from "./people/contract.ts"
import { Webhooks } from "./webhooks/contract.ts"

const about = OpenApi.annotations({
  title: "Comporta",
  version: "1",
  description: "A connector gateway: webhooks come in once, intents go out once, and in doubt it stays shut."
})

const groups = [
  Intents,
  Resolutions,
  Connectors,
  Media,
  Accounts,
  Events,
  DeadLetters,
  Quarantine,
  People,
  Audit,
  Health
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

/** What is described: the API and the webhooks, which a bare handler serves. */
export class Described extends HttpApi.make("comporta")
  .add(...groups)
  .add(Webhooks)
  .annotateMerge(about) {}
