import { createHash, type KeyObject } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { Sealer, Unreadable } from "../../src/secrets/sealer.ts"
import { aesGcm } from "./aes-gcm.ts"
import { BadKey, keyFrom } from "./key.ts"

const openPlain = (sealed: string): Effect.Effect<string, Unreadable> =>
  sealed.startsWith("0:")
    ? Effect.succeed(sealed.slice(2))
    : Effect.fail(
        new Unreadable({ reason: sealed.startsWith("1:") ? "sealed with an unknown key" : "not a sealed text" })
      )

/** Seals nothing: `local` without a sealing key. */
export const plain: Layer.Layer<Sealer> = Layer.succeed(Sealer, {
  kind: "plain",
  seal: (text) => `0:${text}`,
  open: openPlain
})

/** Names a key without telling it: 8 hex digits. */
const keyIdOf = (key: KeyObject): string =>
  createHash("sha256").update("comporta sealing key").update(key.export()).digest("hex").slice(0, 8)

const sealedForm = /^1:([0-9a-f]{8}):([A-Za-z0-9+/]+={0,2})$/

/**
 * Seals with the first of `candidates` (each base64 of 32 bytes) and opens what any of them has sealed, during a
 * rotation that is the current and the previous version. They are asked for anew, so a refreshed secret is taken up;
 * a key once known goes on opening, and a version that is no key changes nothing.
 */
export const layer = (candidates: () => ReadonlyArray<Redacted.Redacted<string>>): Layer.Layer<Sealer, BadKey> =>
  Layer.effect(
    Sealer,
    Effect.gen(function* () {
      const known = new Map<string, KeyObject>()
      let seen: Redacted.Redacted<string> | undefined
      let sealing: { readonly id: string; readonly key: KeyObject } | undefined
      const takeUp = () => {
        const given = candidates()
        if (given[0] === seen) return sealing
        seen = given[0]
        const keys = given.map(keyFrom).filter((key) => key !== undefined)
        for (const key of keys) known.set(keyIdOf(key), key)
        const key = seen === undefined ? undefined : keyFrom(seen)
        if (key !== undefined) sealing = { id: keyIdOf(key), key }
        return sealing
      }
      const first = takeUp()
      if (first === undefined || known.size < candidates().length) return yield* new BadKey({ what: "sealing key" })
      return Sealer.of({
        kind: "aes-256-gcm",
        seal: (text) => {
          const { id, key } = takeUp() ?? first
          return `1:${id}:${aesGcm.seal(key, id, text)}`
        },
        open: (sealed) => {
          takeUp()
          const [, id, body] = sealedForm.exec(sealed) ?? []
          if (id === undefined || body === undefined) return openPlain(sealed)
          const key = known.get(id)
          if (key === undefined)
            return Effect.fail(new Unreadable({ reason: `sealed with key ${id}, which is not here` }))
          return aesGcm.open(key, id, body)
        }
      })
    })
  )
