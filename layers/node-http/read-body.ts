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
  let chunks: Chunks | undefined
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
    else (chunks ??= chunksAfter(first)).add(chunk)
  })
  request.on("end", () => {
    if (ended) return
    end()
    done(chunks === undefined ? (first ?? nothing) : chunks.whole(length))
  })
}

const nothing = new Uint8Array(0)

/** Bytes below which chunks share memory: each would have an object of its own, which is more than a few bytes are worth (G50). */
const small = 1_024
const pageBytes = 16_384

interface Chunks {
  readonly add: (chunk: Buffer) => void
  readonly whole: (length: number) => Buffer
}

const chunksAfter = (first: Buffer): Chunks => {
  const pages = [first]
  let page: Buffer | undefined
  let used = 0
  const endPage = () => {
    if (page !== undefined) pages.push(page.subarray(0, used))
    page = undefined
    used = 0
  }
  return {
    add: (chunk) => {
      if (chunk.length >= small || used + chunk.length > pageBytes) endPage()
      if (chunk.length >= small) return void pages.push(chunk)
      used += chunk.copy((page ??= Buffer.allocUnsafeSlow(pageBytes)), used)
    },
    whole: (length) => {
      endPage()
      return Buffer.concat(pages, length)
    }
  }
}
