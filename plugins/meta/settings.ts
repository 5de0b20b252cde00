import * as Schema from "effect/Schema"

const says = (expected: string) => ({ message: `expected ${expected}` })

/** An id of the provider, in the form that a path and, for a business account, an alias can hold (G28). */
export const ProviderId = Schema.String.check(
  Schema.isPattern(/^[A-Za-z0-9_-]{1,55}$/, says("an id of the provider's, in quotes"))
)

/** Version of the Graph API, such as `v25.0`. */
export const GraphVersion = Schema.String.check(
  Schema.isPattern(/^v[1-9][0-9]{0,2}\.[0-9]$/, says("a version of the Graph API, such as v25.0"))
)

/** Base URL without user info and without a trailing slash. */
export const BaseUrl = Schema.String.check(
  Schema.isPattern(
    /^https?:\/\/[A-Za-z0-9.:[\]-]+(?:\/[A-Za-z0-9._~-]+)*$/,
    says("an http or https address without a slash at its end")
  )
)

/** The app of the secrets and tokens. Without it, a probe cannot check scopes and expiry. */
export const AppId = Schema.String.check(
  Schema.isPattern(/^[0-9]{1,32}$/, says("the id of an app: up to 32 digits, in quotes"))
)

/** Structural settings of every channel of the Graph API: the version, and whether the app is named. */
export const structureOf = (settings: {
  readonly graph: { readonly version: string }
  readonly appId?: string
}): Readonly<Record<string, string>> => ({
  "graph.version": settings.graph.version,
  appId: settings.appId === undefined ? "absent" : "set"
})

export const facebookHost = "https://graph.facebook.com"
export const instagramHost = "https://graph.instagram.com"
