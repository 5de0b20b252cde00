import { createHash, createSecretKey, type KeyObject, randomBytes } from "node:crypto"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import { DataKeys, DataKeysGone, type WrappedKey } from "../../src/secrets/sealer.ts"
import { Log } from "../../src/log/log.ts"
import { aesGcm } from "./aes-gcm.ts"
import { BadKey, keyFrom } from "./key.ts"

/** The data keys of a store, unwrapped in memory. */
export interface KeyRing {
  /** Returns the data key that seals new records. */
  readonly sealing: () => { readonly id: string; readonly key: KeyObject }
  readonly get: (id: string) => KeyObject | undefined
  /**
   * Reads the store's keys again and wraps them with the newest sealing key. A key that cannot be read stays unchanged.
   */
  readonly reload: Effect.Effect<void>
  /** Wraps the store's keys with a sealing key that has changed, and restores those that the store has lost. */
  readonly follow: Effect.Effect<void>
}

/** Returns a name of the key that does not reveal it: 8 hex digits. */
const nameOf = (key: KeyObject): string =>
  createHash("sha256").update("comporta sealing key").update(key.export()).digest("hex").slice(0, 8)

const named = (versions: ReadonlyArray<Redacted.Redacted<string>>) =>
  versions.flatMap((version) => {
    const key = keyFrom(version)
    return key === undefined ? [] : [{ name: nameOf(key), key }]
  })

type Named = ReturnType<typeof named>[number]

const wrap = ({ name, key }: Named, id: string, data: Buffer) =>
  `${name}:${aesGcm.sealing(key, `${name}.${id}`)(data.toString("base64"))}`

const unwrap = ({ id, wrapped }: WrappedKey, by: ReadonlyArray<Named>) => {
  const [name = "", body = ""] = wrapped.split(":")
  const found = by.find((one) => one.name === name)
  if (found === undefined) return Effect.undefined
  return aesGcm.open(found.key, `${name}.${id}`, body).pipe(
    Effect.map((text) => Buffer.from(text, "base64")),
    Effect.orElseSucceed(() => undefined)
  )
}

/**
 * Opens a store's data keys with any known version of the sealing key (G36), and creates the first one of a new store.
 * `versions` returns base64 of 32 bytes each, the current one first; each reload calls it again.
 */
export const openKeyRing = Effect.fnUntraced(function* (versions: () => ReadonlyArray<Redacted.Redacted<string>>) {
  const store = yield* DataKeys
  const log = yield* Log
  const [sealing] = named(versions())
  if (sealing === undefined || named(versions()).length < versions().length) {
    return yield* new BadKey({ what: "sealing key" })
  }
  const ring = new Map<string, KeyObject>()

  const take = Effect.fnUntraced(function* (keys: ReadonlyArray<WrappedKey>) {
    const known = named(versions())
    for (const one of keys) {
      const data = yield* unwrap(one, known)
      if (data === undefined) continue
      ring.set(one.id, createSecretKey(data))
      const [newest] = known
      if (newest !== undefined && !one.wrapped.startsWith(`${newest.name}:`)) {
        yield* store.rewrap(one.id, one.wrapped, wrap(newest, one.id, data))
      }
    }
  })

  const id = randomBytes(4).toString("hex")
  const there = yield* store.first({ id, wrapped: wrap(sealing, id, randomBytes(32)) })
  if (there.length === 0) return yield* new DataKeysGone()
  yield* take(there)
  const [current] = ring
  if (current === undefined) return yield* new BadKey({ what: "sealing key of this store" })
  let wrappedBy = versions()[0]
  const reload = Effect.gen(function* () {
    const [newest] = versions()
    yield* take(yield* store.all)
    wrappedBy = newest
  }).pipe(Effect.ignore)
  const mend = Effect.gen(function* () {
    const there = new Set((yield* store.all).map((one) => one.id))
    const [newest] = named(versions())
    const lost = [...ring].filter(([one]) => !there.has(one))
    if (newest === undefined || lost.length === 0) return
    yield* store.restore(lost.map(([one, key]) => ({ id: one, wrapped: wrap(newest, one, key.export()) })))
    log.write("error", "store.keys_restored")
  }).pipe(Effect.ignore)
  const opened: KeyRing = {
    sealing: () => ({ id: current[0], key: current[1] }),
    get: (name) => ring.get(name),
    reload,
    follow: Effect.suspend(() => (versions()[0] === wrappedBy ? mend : Effect.andThen(reload, mend)))
  }
  return opened
})
