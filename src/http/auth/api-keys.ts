import * as Context from "effect/Context"

export type KeyScope = "send" | "read" | "operate"

/** Whoever calls the API. */
export interface Client {
  readonly id: string
  /** Owner of its idempotency keys (G13). */
  readonly namespace: string
  readonly scopes: ReadonlyArray<KeyScope>
}

/** The bearer keys of the configuration, compared in constant time. */
export class ApiKeys extends Context.Service<
  ApiKeys,
  { readonly clientOf: (presented: string) => Client | undefined }
>()("comporta/http/ApiKeys") {}

/** The client of the request at hand. */
export class CurrentClient extends Context.Service<CurrentClient, Client>()("comporta/http/CurrentClient") {}
