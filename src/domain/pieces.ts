import * as Effect from "effect/Effect"

/** Bytes of a body that one piece of work reads. Every piece takes about a millisecond. */
export const pieceBytes = 131_072

/** Work in bounded pieces. It yields after each piece, and returns the result. */
export type Pieces<A> = Generator<undefined, A, undefined>

/** Runs all pieces in one turn of the event loop. For work whose size has a low limit. */
export const atOnce = <A>(pieces: Pieces<A>): A => {
  let next = pieces.next()
  while (next.done !== true) next = pieces.next()
  return next.value
}

/** Runs one piece in each turn of the event loop, so that other requests are served in between (G50). */
export const inTurns = <A>(begin: () => Pieces<A>): Effect.Effect<A> =>
  Effect.gen(function* () {
    const pieces = begin()
    let next = pieces.next()
    while (next.done !== true) {
      yield* Effect.yieldNow
      next = pieces.next()
    }
    return next.value
  })
