import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as SealerLayer from "../../layers/node-crypto/sealer.ts"
import { layer as client } from "../../layers/redis/client.ts"
import * as DataKeys from "../../layers/redis/data-keys.ts"
import * as Deployment from "../../layers/redis/deployment/deployment.ts"
import { Sealer } from "../../src/secrets/sealer.ts"
import * as FakeLog from "../fakes/log.ts"
import { everythingIn } from "./store-contents.ts"

const sealed = /[01]:[0-9a-f]{8}:[A-Za-z0-9+/]+={0,2}/g

/** Returns every key of a server with its content, followed by all sealed content, opened with this key. */
export const openedIn = (url: string, sealingKey: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const contents = yield* everythingIn(url)
      const keys = DataKeys.layer.pipe(
        Layer.provide(Deployment.layer({ environment: "local" })),
        Layer.provide(client({ url }))
      )
      const built = yield* Layer.build(
        SealerLayer.layer(() => [Redacted.make(sealingKey)]).pipe(Layer.provide(keys), Layer.provide(FakeLog.layer))
      )
      const sealer = Context.get(built, Sealer)
      const found = contents.match(sealed) ?? []
      const opened = yield* Effect.forEach(found, (text) => sealer.open(text))
      return { count: opened.length, text: `${contents}\n${opened.join("\n")}` }
    })
  )
