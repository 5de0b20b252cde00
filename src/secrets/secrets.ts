import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as Semaphore from "effect/Semaphore"
import { shownName } from "../domain/shown.ts"
import { Log } from "../log/log.ts"
import {
  candidatesOf,
  firstSlot,
  isRotated,
  nextSlot,
  type Secret,
  type SecretRef,
  SecretStore,
  type SecretUnavailable,
  type Slot
} from "./secret-store.ts"

/** Milliseconds in which a mismatch, or a refused credential, causes at most one refresh, shared by all callers (G29). */
export const refreshInterval = 10_000

/** Consecutive failed reads after which a secret counts as unusable. */
const failuresAllowed = 3

/**
 * Milliseconds: `poll` is the interval between reads of every secret, `overlap` the time for which the previous version
 * stays valid.
 */
export interface Rotation {
  readonly poll: number
  readonly overlap: number
}

export const rotationDefaults: Rotation = { poll: 30_000, overlap: 3_600_000 }

/** One configured secret, kept up to date; the hot path reads it without waiting. */
export interface SecretHandle {
  readonly ref: SecretRef
  readonly current: () => Redacted.Redacted<string>
  /**
   * Returns the versions that inbound accepts: the current one and, until the overlap of a rotation ends, the previous
   * one.
   */
  readonly candidates: () => ReadonlyArray<Redacted.Redacted<string>>
  /** Returns the current version and the previous one of any age: texts sealed with it must stay readable. */
  readonly versions: () => ReadonlyArray<Redacted.Redacted<string>>
}

/** Every secret that the configuration names. */
export class Secrets extends Context.Service<
  Secrets,
  {
    /** Reads the secret at its first use and keeps it. */
    readonly handle: (ref: SecretRef) => Effect.Effect<SecretHandle, SecretUnavailable>
    /**
     * Refreshes all secrets, unless the same cause did so within {@link refreshInterval}. A secret that cannot be read
     * keeps its value. `cause` is one of a few words, such as the name of a connector, never text from outside. Returns
     * true when any read of all secrets has ended since the call, a periodic one included.
     */
    readonly refresh: (cause: string) => Effect.Effect<boolean>
    /**
     * Returns false when {@link refresh} would do nothing: the cause has refreshed within {@link refreshInterval}, and
     * no refresh is running.
     */
    readonly mayRefresh: (cause: string) => boolean
    /** Calls `listener` with the reference of each secret whose version changes, and its handle. */
    readonly onRotated: (listener: (rotated: SecretHandle) => void) => void
    /** Returns the printable names of secrets that could not be read several times in a row. */
    readonly unusable: () => ReadonlyArray<string>
  }
>()("comporta/secrets/Secrets") {}

const make = Effect.fnUntraced(function* ({ poll, overlap }: Rotation) {
  const store = yield* SecretStore
  const log = yield* Log
  const clock = yield* Clock.Clock
  // Overlap and interval are durations: a change of the host's clock must not affect them.
  const now = () => Number(clock.monotonicTimeNanosUnsafe()) / 1e6
  const ageOf = ({ since }: Secret) => (since === undefined ? 0 : Math.max(0, clock.currentTimeMillisUnsafe() - since))
  const known = new Map<SecretRef, { slot: Slot }>()
  const listeners: Array<(rotated: SecretHandle) => void> = []
  const handleOf = (ref: SecretRef, held: { readonly slot: Slot }): SecretHandle => ({
    ref,
    current: () => held.slot.secret.current,
    candidates: () => candidatesOf(held.slot, now(), overlap),
    versions: () => candidatesOf(held.slot, now(), Infinity)
  })

  const firstRead = (ref: SecretRef) => Effect.map(store.read(ref), (secret) => firstSlot(secret, now(), ageOf(secret)))

  const take = (ref: SecretRef, held: { slot: Slot }) =>
    Effect.match(store.read(ref), {
      onSuccess: (secret) => {
        if (held.slot.failures >= failuresAllowed) log.write("info", "secret.readable", { secret: shownName(ref) })
        const rotated = isRotated(held.slot, secret)
        if (rotated) {
          const version = secret.version === undefined ? {} : { version: secret.version }
          log.write("info", "secret.rotated", { secret: shownName(ref), ...version })
        }
        held.slot = nextSlot(held.slot, secret, now())
        if (rotated) for (const listener of listeners) listener(handleOf(ref, held))
      },
      onFailure: () => {
        const failures = held.slot.failures + 1
        held.slot = { ...held.slot, failures }
        if (failures === failuresAllowed) log.write("error", "secret.unreadable", { secret: shownName(ref) })
      }
    })

  const one = Semaphore.makeUnsafe(1)
  const refreshed = new Map<string, number>()
  let reloads = 0
  let reading = false
  const reload = Effect.suspend(() => {
    reading = true
    return Effect.forEach([...known], ([ref, held]) => take(ref, held), { concurrency: 8, discard: true })
  }).pipe(
    Effect.ensuring(
      Effect.sync(() => {
        reading = false
        reloads += 1
      })
    )
  )
  const isRecent = (cause: string) => now() - (refreshed.get(cause) ?? -Infinity) < refreshInterval
  const alone = <A>(effect: Effect.Effect<A>) => Semaphore.withPermits(one, 1)(Effect.uninterruptible(effect))

  const shared = (cause: string) =>
    Effect.suspend(() => {
      if (isRecent(cause)) return Effect.void
      refreshed.set(cause, now())
      return Effect.andThen(
        reload,
        // Callers that waited for the refresh share it, even if a slow store took longer than the interval.
        Effect.sync(() => void refreshed.set(cause, now()))
      )
    })

  yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep(poll), alone(reload))))

  return Secrets.of({
    handle: Effect.fnUntraced(function* (ref) {
      const read = known.get(ref) ?? { slot: yield* firstRead(ref) }
      const held = known.get(ref) ?? read
      known.set(ref, held)
      return handleOf(ref, held)
    }),
    refresh: (cause) =>
      Effect.suspend(() => {
        const before = reloads
        return Effect.map(alone(shared(cause)), () => reloads > before)
      }),
    onRotated: (listener) => void listeners.push(listener),
    mayRefresh: (cause) => reading || !isRecent(cause),
    unusable: () => [...known].flatMap(([ref, { slot }]) => (slot.failures >= failuresAllowed ? [shownName(ref)] : []))
  })
})

/** Reads each secret again every `poll` while the layer lives, and logs a rotation by name and version. */
export const layer = (rotation: Partial<Rotation> = {}): Layer.Layer<Secrets, never, SecretStore | Log> =>
  Layer.effect(Secrets, make({ ...rotationDefaults, ...rotation }))
