import * as Effect from "effect/Effect"
import { layer } from "../../../layers/provider-http/provider-http.ts"
import { type Attempt, ProviderHttp, type ProviderRequest } from "../../../src/connector/provider-http.ts"

export const post = (url: string, body = "{}"): ProviderRequest => ({
  method: "POST",
  url,
  headers: { "content-type": "application/json" },
  body
})

export const get = (url: string): ProviderRequest => ({ method: "GET", url, headers: {} })

/** One call within an attempt; it may start, and has a second, unless said otherwise. */
export const call = (request: ProviderRequest, attempt: Partial<Attempt> = {}) =>
  ProviderHttp.use((http) => http.within({ mayStart: () => true, deadline: 1_000, ...attempt }).call(request))

export const withHttp = Effect.provide(layer({ connectTimeout: 400 }))
