import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"

/** Disables Effect's own spans of a call: they hold its headers, and those of a secret store hold tokens (I7). */
export const untraced = Effect.provideService(HttpClient.TracerDisabledWhen, () => true)
