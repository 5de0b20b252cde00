import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as OpenApi from "effect/http-api/OpenApi"
import { Accounts } from "./api/accounts.ts"
import { Audit } from "./api/audit.ts"
import { Connectors } from "./api/connectors.ts"
import { DeadLetters, Events, Quarantine } from "./api/events.ts"
import { Health } from "./api/health.ts"
import { Intents } from "./api/intents.ts"
import { Resolutions } from "./api/resolutions.ts"
import { Media } from "./api/media.ts"
import { People } from "./api/people.ts"
import { Webhooks } from "./api/webhooks.ts"

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
