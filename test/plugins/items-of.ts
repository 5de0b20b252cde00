import * as Effect from "effect/Effect"
import type { Channel } from "../../src/connector/channel.ts"
import type { Json } from "../../src/domain/json.ts"
import { normalizeItem } from "../../src/inbound/admit/normalize.ts"
import { IdHash } from "../../src/secrets/id-hash.ts"
import { Sealer } from "../../src/secrets/sealer.ts"
import { everyAccount } from "../fakes/channel.ts"

/** The ids under which the items of a webhook are kept, in a house with a known pepper. */
export const idsOf = Effect.fnUntraced(function* (channel: Channel, body: Json) {
  const tools = { hash: yield* IdHash, sealer: yield* Sealer, partitions: 8, now: 1_780_000_000_000 }
  const signedFor = everyAccount(channel)
  return channel.decode(body).map((decoded): string => normalizeItem(tools, channel, decoded, signedFor).key)
})
