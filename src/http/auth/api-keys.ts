import * as Context from "effect/Context"

export type KeyScope = "send" | "read" | "operate"

/** A caller of the API, identified by its key. */
export interface Client {
  readonly id: string
  /** The namespace of the client's idempotency keys (G13). */
  readonly namespace: string
  readonly scopes: ReadonlyArray<KeyScope>
}

/** Finds a client by its bearer key. Compares the configured keys in constant time; returns `undefined` for an unknown key. */
export class ApiKeys extends Context.Service<
  ApiKeys,
  { readonly clientOf: (presented: string) => Client | undefined }
>()("comporta/http/ApiKeys") {}

/** The client of the current request. */
export class CurrentClient extends Context.Service<CurrentClient, Client>()("comporta/http/CurrentClient") {}
