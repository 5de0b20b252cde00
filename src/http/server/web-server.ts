import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import type { UnknownKeys } from "../auth/unknown-keys.ts"
import type { Front } from "./front.ts"
import type { SendEndpoint } from "./send-endpoint.ts"
import type { WebhookEndpoint } from "./webhook-endpoint.ts"

/** The address cannot be listened on. */
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

/** What a server serves: webhooks, intents and what its front answers, bare; everything else by one effect. */
export interface Served {
  readonly webhooks: WebhookEndpoint["Service"]
  /** Without them every intent is the API's. */
  readonly intents?: SendEndpoint["Service"]
  /** Without it every request but webhooks and intents is the API's. */
  readonly front?: Front
  /** Without it a key that is not known is refused at once. */
  readonly unknownKeys?: UnknownKeys
  readonly api: Effect.Effect<HttpServerResponse, never, HttpServerRequest | Scope.Scope>
}

/** Listens until its scope ends; then refuses new connections and waits `drain` milliseconds for what is under way. */
export class WebServer extends Context.Service<
  WebServer,
  {
    readonly serve: (
      served: Served,
      options: { readonly host: string; readonly port: number; readonly drain: number }
    ) => Effect.Effect<{ readonly port: number }, CannotListen, Scope.Scope>
  }
>()("comporta/http/WebServer") {}
