import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type { Channel } from "../connector/channel.ts"
import type { Digest, RawWebhook } from "../connector/inbound.ts"
import type { InfraError } from "../domain/failure.ts"
import { Secrets } from "../secrets/secrets.ts"
import { Admit, type Admitted } from "./admit.ts"
import { doubting } from "./doubted.ts"
import { type Item, itemOf, unparsable } from "./items.ts"
import { parseBody } from "./parse.ts"

/** What becomes of one webhook; `undefined` where it is not signed, which says nothing about why (I6). */
export type Received = Admitted | undefined

/** Verify, decode, admit: in this order, and nothing of an unsigned body goes past the first (I6). */
export class Receive extends Context.Service<
  Receive,
  { readonly receive: (channel: Channel, webhook: RawWebhook) => Effect.Effect<Received, InfraError> }
>()("comporta/inbound/Receive") {}

export const layer = (digest: Digest) =>
  Layer.effect(
    Receive,
    Effect.gen(function* () {
      const admit = yield* Admit
      const secrets = yield* Secrets
      const clock = yield* Clock.Clock
      const doubted = doubting(secrets)

      const decode = (channel: Channel, body: Uint8Array, accounts: ReadonlySet<string>): ReadonlyArray<Item> => {
        const tools = admit.tools()
        const parsed = parseBody(body)
        if (Result.isFailure(parsed)) return [unparsable(tools, channel, parsed.failure, body)]
        return channel
          .decode(parsed.success)
          .map((decoded) => itemOf(tools, channel, decoded, accounts, parsed.success))
      }

      const signed = (channel: Channel, webhook: RawWebhook, accounts: ReadonlySet<string>) =>
        Effect.suspend(() =>
          admit.admit(channel, decode(channel, webhook.body, accounts), clock.currentTimeMillisUnsafe())
        )

      return Receive.of({
        receive: (channel, webhook) =>
          Effect.suspend((): Effect.Effect<Received, InfraError> => {
            const accounts = channel.verify(webhook, digest)
            if (accounts !== undefined) return signed(channel, webhook, accounts)
            return Effect.flatMap(doubted(channel, webhook), (reads) => {
              const refreshed = reads ? channel.verify(webhook, digest) : undefined
              return refreshed === undefined ? Effect.undefined : signed(channel, webhook, refreshed)
            })
          })
      })
    })
  )
