import * as Effect from "effect/Effect"
import type { Channel } from "../../connector/channel.ts"
import type { RawWebhook } from "../../connector/inbound.ts"
import { InfraError } from "../../domain/failure.ts"
import type { Secrets } from "../../secrets/secrets.ts"

/**
 * Webhooks that no known secret signed and that wait for a refresh at once, and the bytes of their bodies. Both are a part
 * of the limits of all webhooks: while the secret store is slow, a flood of them leaves room for signed webhooks.
 */
export const maxUnverified = 256
export const maxUnverifiedMemory = 32 * 1_048_576

export const tooManyUnverified = "too_many_at_once"

/** Refreshes the secrets for webhooks that no known secret signed. */
export interface SecretRefresh {
  /** Returns false when the secrets were refreshed recently: the webhook then counts as unsigned. */
  readonly mayRefresh: (channel: Channel) => boolean
  /**
   * Refreshes the secrets; concurrent callers share one refresh (G29). Returns true when the signature should be verified
   * again. Fails when too many webhooks wait, since the webhook was not verified with the newest secrets.
   */
  readonly refresh: (channel: Channel, webhook: RawWebhook) => Effect.Effect<boolean, InfraError>
}

export const secretRefresh = ({ mayRefresh, refresh }: Secrets["Service"]): SecretRefresh => {
  let waiting = 0
  let held = 0
  const causeOf = ({ id }: Channel) => `webhook:${id}`
  const count = (sign: 1 | -1, { body }: RawWebhook) => {
    waiting += sign
    held += sign * body.length
  }
  return {
    mayRefresh: (channel) => mayRefresh(causeOf(channel)),
    refresh: (channel, webhook) =>
      Effect.suspend(() => {
        if (waiting >= maxUnverified || held + webhook.body.length > maxUnverifiedMemory) return Effect.fail(tooMany)
        count(1, webhook)
        return Effect.ensuring(
          refresh(causeOf(channel)),
          Effect.sync(() => count(-1, webhook))
        )
      })
  }
}

const tooMany = new InfraError({
  code: tooManyUnverified,
  operation: "secrets.refresh",
  certainty: "not_applied",
  transient: true
})
