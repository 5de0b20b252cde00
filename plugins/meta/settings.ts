import * as Schema from "effect/Schema"

/** An id of the provider as it stands in a path and, for a business account, in an alias (G28). */
export const ProviderId = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{1,55}$/))

/** `v25.0` */
export const GraphVersion = Schema.String.check(Schema.isPattern(/^v[1-9][0-9]{0,2}\.[0-9]$/))

/** Without user info and without a slash at its end. */
export const BaseUrl = Schema.String.check(Schema.isPattern(/^https?:\/\/[A-Za-z0-9.:[\]-]+(?:\/[A-Za-z0-9._~-]+)*$/))

/** The app that the secrets and tokens belong to: only with it a probe can ask about scopes and expiry. */
export const AppId = Schema.String.check(Schema.isPattern(/^[0-9]{1,32}$/))

export const facebookHost = "https://graph.facebook.com"
export const instagramHost = "https://graph.instagram.com"
