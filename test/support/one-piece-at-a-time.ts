import { pieceBytes, type Pieces } from "../../src/domain/pieces.ts"

/**
 * Runs work over a body of which only the bytes of the present piece are there, and one more that an escape may take along.
 * All other bytes are spaces. A piece that reads earlier or later bytes gets a wrong result. Returns the result, and the
 * number of pieces.
 */
export const onePieceAtATime = <A>(body: Uint8Array, begin: (visible: Uint8Array) => Pieces<A>) => {
  const visible = new Uint8Array(body.length)
  const show = (piece: number) => {
    const from = piece * pieceBytes
    visible.fill(0x20)
    visible.set(body.subarray(from, from + pieceBytes), from)
  }
  const pieces = begin(visible)
  let count = 0
  show(count)
  let next = pieces.next()
  while (next.done !== true) {
    count += 1
    show(count)
    next = pieces.next()
  }
  return { result: next.value, count: count + 1 }
}
