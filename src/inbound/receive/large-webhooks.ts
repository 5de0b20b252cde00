import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { DecodedItem } from "../../connector/inbound.ts"
import { InfraError } from "../../domain/failure.ts"
import type { Pieces } from "../../domain/pieces.ts"
import type { Item } from "../admit/normalize.ts"

/** Large webhooks at once, and the bytes of their bodies. Both are a part of the limits of all webhooks. */
const maxLarge = 256
const maxLargeMemory = 32 * 1_048_576

/** Large webhooks that are decoded or written to the store at once. */
const maxAtWork = 4

/**
 * Pause after a large webhook is decoded, as a multiple of the time that this took. Large webhooks therefore take at most a
 * third of the process, however many arrive.
 */
const pauseFactor = 2
/** Longest pause, in milliseconds. */
const maxPause = 1_000

/** Runs the work on large webhooks: `make` for one at a time, then `commit`. Fails when too many are under way. */
interface Large {
  readonly take: <A, B>(
    bytes: number,
    make: Effect.Effect<A>,
    commit: (made: A) => Effect.Effect<B, InfraError>
  ) => Effect.Effect<B, InfraError>
}

/** Limits the webhooks that take more than one turn of the event loop, so that the others are served meanwhile (G50). */
export const makeLarge = (clock: Clock.Clock): Large => {
  const atWork = Semaphore.makeUnsafe(maxAtWork)
  const making = Semaphore.makeUnsafe(1)
  let waiting = 0
  let held = 0
  let pausedUntil = 0
  const now = () => Number(clock.monotonicTimeNanosUnsafe()) / 1e6
  const inTurn = <A>(make: Effect.Effect<A>) =>
    Effect.suspend(() => {
      const left = pausedUntil - now()
      return left > 0 ? Effect.sleep(left) : Effect.void
    }).pipe(
      Effect.andThen(
        Effect.suspend(() => {
          const began = now()
          return Effect.ensuring(
            make,
            Effect.sync(() => (pausedUntil = now() + Math.min(pauseFactor * (now() - began), maxPause)))
          )
        })
      ),
      Semaphore.withPermits(making, 1)
    )
  return {
    take: (bytes, make, commit) =>
      Effect.suspend(() => {
        if (waiting >= maxLarge || held + bytes > maxLargeMemory) return Effect.fail(tooMany)
        waiting += 1
        held += bytes
        const work = Effect.flatMap(inTurn(make), commit)
        return Effect.ensuring(
          Semaphore.withPermits(atWork, 1)(work),
          Effect.sync(() => {
            waiting -= 1
            held -= bytes
          })
        )
      })
  }
}

const tooMany = new InfraError({
  code: "too_many_at_once",
  operation: "webhook.receive",
  certainty: "not_applied",
  transient: true
})

/** Items made in one piece, and the characters of their entries. */
export const itemsPerPiece = 64
export const textPerPiece = 262_144

/** Characters that the entries of one webhook may have. A part that several items share counts in each of them. */
export const maxText = 16 * 1_048_576

/** Quarantine reason of a webhook whose entries have more than {@link maxText} characters. */
export const tooLargeDecoded = "too_large_decoded"

const lengthOf = (sum: number, { length }: string) => sum + length
const sizeOf = (decoded: DecodedItem, { entry }: Item): number =>
  entry.record.length +
  (entry.sealed ?? "").length +
  (decoded._tag === "Event" ? decoded.identity.reduce(lengthOf, decoded.providerAccount.length) : 0)

/** Makes items in order, a bounded number in each piece. Returns `undefined` when their entries exceed {@link maxText}. */
export function* itemsInPieces(
  decoded: ReadonlyArray<DecodedItem>,
  make: (one: DecodedItem) => Item
): Pieces<ReadonlyArray<Item> | undefined> {
  const items: Array<Item> = []
  let all = 0
  let count = 0
  let text = 0
  for (const one of decoded) {
    const item = make(one)
    items.push(item)
    const size = sizeOf(one, item)
    all += size
    text += size
    count += 1
    if (all > maxText) return undefined
    if (count < itemsPerPiece && text < textPerPiece) continue
    yield
    count = 0
    text = 0
  }
  return items
}
