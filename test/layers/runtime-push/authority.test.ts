import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { pushTrusting } from "../../../layers/runtime-push/runtime-push.ts"
import { Runtime } from "../../../src/inbound/runtime/runtime.ts"
import * as StoreClock from "../../../src/partition/store-clock.ts"
import { missing, secure } from "../provider-http/secure.ts"
import { anEvent } from "./an-event.ts"
import { pushing, secretOf, secretsOf } from "./receiver.ts"

const versions = () => [secretOf(1)]
const deliver = Runtime.use((runtime) => runtime.deliver(anEvent()))
const trusted = (url: string, caFile: string) =>
  pushTrusting({ url, secret: "runtime/signing", version: "1.2.3" }, caFile).pipe(
    Layer.provide([secretsOf(versions), StoreClock.own, NodeFileSystem.layer])
  )

describe("runtime with a private certificate", () => {
  it.live.skipIf(missing)(
    "a runtime with an unknown certificate receives nothing until its authority is configured",
    () =>
      Effect.gen(function* () {
        const { file, requestedPaths, url } = yield* secure
        const stranger = yield* Effect.provide(deliver, pushing({ url }, versions))
        assert.deepStrictEqual(stranger, { _tag: "Held", reason: "tls", sign: "unreached" })
        assert.lengthOf(requestedPaths, 0)
        assert.deepInclude(yield* Effect.provide(deliver, trusted(url, file)), { _tag: "Acknowledged" })
        assert.deepStrictEqual(requestedPaths, ["/m"])
      })
  )

  it.live.skipIf(missing)("a runtime is trusted by an authority file that holds other text and indentation", () =>
    Effect.gen(function* () {
      const { directory, file, url } = yield* secure
      const written = join(directory, "indented")
      writeFileSync(written, `The authority:\n  ${readFileSync(file, "utf8")}`)
      assert.deepInclude(yield* Effect.provide(deliver, trusted(url, written)), { _tag: "Acknowledged" })
    })
  )

  it.live.skipIf(missing)("a runtime is refused when its authority file is missing or holds no certificate", () =>
    Effect.gen(function* () {
      const { directory, requestedPaths, url } = yield* secure
      writeFileSync(join(directory, "words"), "no certificate")
      for (const [name, reason] of [
        ["nothing", "it cannot be read"],
        ["words", "it holds no certificate"]
      ] as const) {
        const error = yield* Effect.flip(Effect.provide(deliver, trusted(url, join(directory, name))))
        assert.deepInclude(error, { _tag: "BadAuthority", reason })
      }
      assert.lengthOf(requestedPaths, 0)
    })
  )
})
