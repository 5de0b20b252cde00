import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Channel } from "../connector/channel.ts"
import type { Digest, RawWebhook } from "../connector/inbound.ts"
import type { InfraError } from "../domain/failure.ts"
import { Secrets } from "../secrets/secrets.ts"
import { Admit, type Admitted } from "./admit.ts"
import { type Item, itemOf, unparsable } from "./items.ts"
import { parseBody } from "./parse.ts"

/** What becomes of one webhook. `Unsigned` says nothing about why (I6). */
export type Received = { readonly _tag: "Admitted"; readonly counts: Admitted } | { readonly _tag: "Unsigned" }

/** Verify, decode, admit: in this order, and nothing of an unsigned body goes past the first (I6). */
export const receive = Effect.fnUntraced(function* (
  channel: Channel,
  webhook: RawWebhook,
  digest: Digest
): Effect.fn.Return<Received, InfraError, Admit | Secrets> {
  const startedAt = (yield* Clock.Clock).currentTimeMillisUnsafe()
  if (!channel.verify(webhook, digest)) {
    yield* (yield* Secrets).refresh
    if (!channel.verify(webhook, digest)) return { _tag: "Unsigned" }
  }
  const admit = yield* Admit
  const counts = yield* admit.admit(channel, decode(admit, channel, webhook.body), startedAt)
  return { _tag: "Admitted", counts }
})

const decode = (admit: Admit["Service"], channel: Channel, body: Uint8Array): ReadonlyArray<Item> => {
  const tools = admit.tools()
  const parsed = parseBody(body)
  if (Result.isFailure(parsed)) return [unparsable(tools, channel, parsed.failure, body)]
  return channel.decode(parsed.success).map((decoded) => itemOf(tools, channel, decoded))
}
