import type { KeyObject } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type { InfraError } from "../../src/domain/failure.ts"
import type { Log } from "../../src/log/log.ts"
import { type DataKeys, type DataKeysGone, Sealer, Unreadable } from "../../src/secrets/sealer.ts"
import { aesGcm } from "./aes-gcm.ts"
import type { BadKey } from "./key.ts"
import { openKeyRing } from "./key-ring.ts"

const openPlain = (sealed: string): Effect.Effect<string, Unreadable> =>
  sealed.startsWith("0:")
    ? Effect.succeed(sealed.slice(2))
    : Effect.fail(
        new Unreadable({ reason: sealed.startsWith("1:") ? "sealed with an unknown key" : "not a sealed text" })
      )

/** First byte of sealed bytes: in the clear, or sealed with the data key whose id follows in {@link idBytes} bytes. */
const [clear, encrypted] = [0, 1]
const idBytes = 4

const openPlainBytes = (sealed: Uint8Array): Effect.Effect<Uint8Array, Unreadable> =>
  sealed[0] === clear
    ? Effect.succeed(sealed.subarray(1))
    : Effect.fail(
        new Unreadable({ reason: sealed[0] === encrypted ? "sealed with an unknown key" : "not sealed bytes" })
      )

/** Stores texts in the clear: for `local` without a sealing key. */
export const plain: Layer.Layer<Sealer> = Layer.succeed(Sealer, {
  kind: "plain",
  seal: (text) => `0:${text}`,
  open: openPlain,
  sealBytes: (bytes) => Buffer.concat([Buffer.of(clear), bytes]),
  openBytes: openPlainBytes
})

const sealedForm = /^1:([0-9a-f]{8}):([A-Za-z0-9+/]+={0,2})$/

/** Interval at which the sealing key and the store's data keys are compared with those that this process has. */
const look = "1 seconds"

/**
 * Seals with a data key of the store, which is itself wrapped with the sealing key (G36). A rotation of the sealing key
 * wraps the data keys again and changes no record. `versions` are base64 of 32 bytes, the current one first.
 */
export const layer = (
  versions: () => ReadonlyArray<Redacted.Redacted<string>>
): Layer.Layer<Sealer, BadKey | DataKeysGone | InfraError, DataKeys | Log> =>
  Layer.effect(
    Sealer,
    Effect.gen(function* () {
      const ring = yield* openKeyRing(versions)
      yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep(look), ring.follow)))
      const { id, key } = ring.sealing()
      const seal = aesGcm.sealing(key, id)
      const sealBytes = aesGcm.sealingBytes(key, id)
      const head = Buffer.concat([Buffer.of(encrypted), Buffer.from(id, "hex")])
      const withKey = <A>(name: string, open: (key: KeyObject) => Effect.Effect<A, Unreadable>) => {
        const found = ring.get(name)
        if (found !== undefined) return open(found)
        return Effect.flatMap(ring.reload, () => {
          const late = ring.get(name)
          return late === undefined
            ? Effect.fail(new Unreadable({ reason: `sealed with key ${name}, which is not here` }))
            : open(late)
        })
      }
      return Sealer.of({
        kind: "aes-256-gcm",
        seal: (text) => `1:${id}:${seal(text)}`,
        open: (sealed) => {
          const [, name, body] = sealedForm.exec(sealed) ?? []
          return name === undefined || body === undefined
            ? openPlain(sealed)
            : withKey(name, (found) => aesGcm.open(found, name, body))
        },
        sealBytes: (bytes) => Buffer.concat([head, sealBytes(bytes)]),
        openBytes: (sealed) => {
          if (sealed[0] !== encrypted) return openPlainBytes(sealed)
          const name = Buffer.from(sealed.subarray(1, 1 + idBytes)).toString("hex")
          return withKey(name, (found) => aesGcm.openBytes(found, name, sealed.subarray(1 + idBytes)))
        }
      })
    })
  )
