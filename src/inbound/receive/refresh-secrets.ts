import * as Effect from "effect/Effect"
import type { Channel } from "../../connector/channel.ts"
import type { RawWebhook } from "../../connector/inbound.ts"
import { InfraError } from "../../domain/failure.ts"
import type { Secrets } from "../../secrets/secrets.ts"

/**
 * Webhooks at once that wait for a refresh because nothing that is known has signed them, and the bytes of their bodies. A
 * part of what may be under way: while a secret store is slow, a flood of them leaves room for what is signed.
 */
export const maxDoubted = 256
export const maxDoubtedMemory = 32 * 1_048_576

export const tooManyDoubted = "too_many_at_once"

/** What a webhook comes to that nothing known has signed. */
export interface SecretRefresh {
  /** False where the secrets were read again lately: then it is not signed. */
  readonly may: (channel: Channel) => boolean
  /**
   * Has the secrets read again, once for all who wait (G29); true where it is worth looking at the signature again. One
   * more than may wait is not called unsigned: nobody has looked.
   */
  readonly wait: (channel: Channel, webhook: RawWebhook) => Effect.Effect<boolean, InfraError>
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
    may: (channel) => mayRefresh(causeOf(channel)),
    wait: (channel, webhook) =>
      Effect.suspend(() => {
        if (waiting >= maxDoubted || held + webhook.body.length > maxDoubtedMemory) return Effect.fail(tooMany)
        count(1, webhook)
        return Effect.ensuring(
          refresh(causeOf(channel)),
          Effect.sync(() => count(-1, webhook))
        )
      })
  }
}

const tooMany = new InfraError({
  code: tooManyDoubted,
  operation: "secrets.refresh",
  certainty: "not_applied",
  transient: true
})
