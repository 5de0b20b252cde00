import type { IncomingMessage } from "node:http"

/**
 * Receives the number of bytes that are newly held, negative when they are released. It is not called for a client that
 * disconnects.
 */
export type OnBuffered = (bytes: number) => void

/**
 * Reads the exact bytes of a request, at most `limit` of them. Calls `done` once, with `undefined` when there are more.
 *
 * It does not call `done` for a client that disconnects, because no answer could reach it. The slow-body guard ends a
 * body that arrives too slowly.
 */
export const readBody = (
  request: IncomingMessage,
  limit: number,
  onBuffered: OnBuffered,
  done: (body: Uint8Array | undefined) => void
): void => {
  let chunks: Chunks | undefined
  let first: Buffer | undefined
  let length = 0
  let ended = false
  const end = () => {
    ended = true
    onBuffered(-length)
  }
  request.on("data", (chunk: Buffer) => {
    if (ended) return
    length += chunk.length
    onBuffered(chunk.length)
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

/**
 * Bytes below which chunks are copied into shared pages: an object for each would cost more memory than the bytes
 * themselves (G50).
 */
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
