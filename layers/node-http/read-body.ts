import type { IncomingMessage } from "node:http"

/** Told how many bytes more are held, or with a negative number how many are let go; not told of a client that goes away. */
export type Hold = (bytes: number) => void

/**
 * Reads the exact bytes of a request, at most `limit` of them; calls back once, with `undefined` where there are more.
 * A client that goes away is not told of: its answer would reach nobody. `hurrying` ends one that dawdles.
 */
export const readBody = (
  request: IncomingMessage,
  limit: number,
  hold: Hold,
  done: (body: Uint8Array | undefined) => void
): void => {
  let chunks: Array<Buffer> | undefined
  let first: Buffer | undefined
  let length = 0
  let ended = false
  const end = () => {
    ended = true
    hold(-length)
  }
  request.on("data", (chunk: Buffer) => {
    if (ended) return
    length += chunk.length
    hold(chunk.length)
    if (length > limit) {
      end()
      done(undefined)
    } else if (first === undefined) first = chunk
    else (chunks ??= [first]).push(chunk)
  })
  request.on("end", () => {
    if (ended) return
    end()
    done(chunks === undefined ? (first ?? nothing) : Buffer.concat(chunks, length))
  })
}

const nothing = new Uint8Array(0)
