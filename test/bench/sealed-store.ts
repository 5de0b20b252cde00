import { randomBytes } from "node:crypto"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as IdHash from "../../layers/node-crypto/id-hash.ts"
import * as Sealer from "../../layers/node-crypto/sealer.ts"
import { layer as clientLayer } from "../../layers/redis/client.ts"
import * as DataKeys from "../../layers/redis/data-keys.ts"
import { layer as storeLayer } from "../../layers/redis/store.ts"
import type { EventRetention } from "../../src/inbound/event-log/retention.ts"
import { layer as logLayer } from "../fakes/log.ts"
import type { Server } from "./timed-store.ts"

const key = Redacted.make(randomBytes(32).toString("base64"))

export const ids = IdHash.layer(Redacted.make(randomBytes(32).toString("base64"))).pipe(Layer.orDie)

/** The store of a gateway with its sealer: with a data key, or in plain text. */
export const sealedStore = ({ url }: Server, isSealed: boolean, retention: Partial<EventRetention> = {}) =>
  (isSealed ? Sealer.layer(() => [key]) : Sealer.plain).pipe(
    Layer.provide(DataKeys.layer),
    Layer.provide(logLayer),
    Layer.provideMerge(storeLayer({ environment: "local", retention: { nonce: 1, ...retention } })),
    Layer.provideMerge(clientLayer({ url })),
    Layer.provideMerge(ids)
  )
