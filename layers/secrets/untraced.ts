import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"

/** Effect's own spans of a call hold its headers, and a secret store's hold tokens (I7): none is made. */
export const untraced = Effect.provideService(HttpClient.TracerDisabledWhen, () => true)
