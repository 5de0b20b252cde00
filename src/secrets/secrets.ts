import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as Semaphore from "effect/Semaphore"
import { type Secret, type SecretRef, SecretStore, type SecretUnavailable } from "./secret-store.ts"

/** A mismatch causes at most one refresh in this time, shared by all who ask (G29). Milliseconds. */
export const refreshInterval = 10_000

/** One configured secret, kept up to date; read without waiting on the hot path. */
export interface SecretHandle {
  readonly ref: SecretRef
  readonly current: () => Redacted.Redacted<string>
  /** The current version and then the previous one, where there is one. */
  readonly candidates: () => ReadonlyArray<Redacted.Redacted<string>>
}

/** Every secret that the configuration names. */
export class Secrets extends Context.Service<
  Secrets,
  {
    /** Reads the secret at its first use and keeps it. */
    readonly handle: (ref: SecretRef) => Effect.Effect<SecretHandle, SecretUnavailable>
    /** Reads all again unless that was done within {@link refreshInterval}; what cannot be read stays as it was. */
    readonly refresh: Effect.Effect<void>
  }
>()("comporta/secrets/Secrets") {}

export const layer: Layer.Layer<Secrets, never, SecretStore> = Layer.effect(
  Secrets,
  Effect.gen(function* () {
    const store = yield* SecretStore
    const known = new Map<SecretRef, { secret: Secret }>()
    const handleOf = (ref: SecretRef, slot: { secret: Secret }): SecretHandle => ({
      ref,
      current: () => slot.secret.current,
      candidates: () => {
        const { current, previous } = slot.secret
        return previous === undefined ? [current] : [current, previous]
      }
    })
    const one = Semaphore.makeUnsafe(1)
    let last = yield* Clock.currentTimeMillis
    const reload = Effect.suspend(() =>
      Effect.forEach(
        [...known],
        ([ref, slot]) =>
          store.read(ref).pipe(
            Effect.tap((secret) => Effect.sync(() => (slot.secret = secret))),
            Effect.ignore
          ),
        { concurrency: 8, discard: true }
      )
    )
    return Secrets.of({
      handle: Effect.fnUntraced(function* (ref) {
        const read = known.get(ref) ?? { secret: yield* store.read(ref) }
        const slot = known.get(ref) ?? read
        known.set(ref, slot)
        return handleOf(ref, slot)
      }),
      refresh: Semaphore.withPermits(
        one,
        1
      )(
        Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          if (now - last < refreshInterval) return
          last = now
          yield* reload
        }).pipe(Effect.uninterruptible)
      )
    })
  })
)
