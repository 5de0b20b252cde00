import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import type { UnknownKeys } from "../auth/unknown-keys.ts"
import type { RequestClassifier } from "./request-classifier.ts"
import type { SendEndpoint } from "./send-endpoint.ts"
import type { WebhookEndpoint } from "./webhook-endpoint.ts"

/** The server cannot listen on the configured address. */
export class CannotListen extends Data.TaggedError("CannotListen")<{
  readonly host: string
  readonly port: number
  readonly reason: "in_use" | "not_allowed" | "no_such_address" | "unknown"
}> {
  override get message() {
    const why = {
      in_use: "is taken",
      not_allowed: "may not be used",
      no_such_address: "is not ours",
      unknown: "cannot be used"
    }
    return `port ${this.port} on ${this.host} ${why[this.reason]}`
  }
}

/**
 * The handlers of a server. It serves webhooks, intents and the lanes of the classifier without a framework, and every other
 * request with one effect.
 */
export interface Served {
  /** When absent, a webhook is a request like any other. */
  readonly webhooks?: WebhookEndpoint["Service"]
  /** When absent, `api` serves every intent. */
  readonly intents?: SendEndpoint["Service"]
  /** When absent, `api` serves every request but webhooks and intents. */
  readonly classify?: RequestClassifier
  /** When absent, a request with an unknown key is refused at once. */
  readonly unknownKeys?: UnknownKeys
  readonly api: Effect.Effect<HttpServerResponse, never, HttpServerRequest | Scope.Scope>
}

/**
 * Listens until its scope ends. Then it refuses new connections and waits at most `drain` milliseconds for the requests under
 * way. Each call of `serve` has its own limits.
 */
export class WebServer extends Context.Service<
  WebServer,
  {
    readonly serve: (
      served: Served,
      options: { readonly host: string; readonly port: number; readonly drain: Effect.Effect<number> }
    ) => Effect.Effect<{ readonly port: number }, CannotListen, Scope.Scope>
  }
>()("comporta/http/WebServer") {}
