import type { IncomingMessage } from "node:http"

export type BodyEnd =
  | { readonly _tag: "Read"; readonly body: Uint8Array }
  | { readonly _tag: "TooLarge" | "Dawdled" | "Aborted" }

export interface BodyLimits {
  readonly bytes: number
  /** Milliseconds from the head of the request to the end of its body. */
  readonly within: number
  /** Told how many bytes more are held, or with a negative number how many are let go. */
  readonly hold: (bytes: number) => void
}

/** Reads the exact bytes of a request, or says why it stopped; calls back once. */
export const readBody = (request: IncomingMessage, limits: BodyLimits, done: (end: BodyEnd) => void): void => {
  const chunks: Array<Buffer> = []
  let length = 0
  let ended = false
  // @effect-diagnostics-next-line globalTimers:off
  const timer = setTimeout(() => end({ _tag: "Dawdled" }), limits.within)
  const end = (result: BodyEnd) => {
    if (ended) return
    ended = true
    clearTimeout(timer)
    limits.hold(-length)
    request.removeListener("data", onData)
    done(result)
  }
  const onData = (chunk: Buffer) => {
    length += chunk.length
    limits.hold(chunk.length)
    if (length > limits.bytes) return end({ _tag: "TooLarge" })
    chunks.push(chunk)
  }
  request.on("data", onData)
  request.once("end", () => {
    const [first] = chunks
    end({ _tag: "Read", body: chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks) })
  })
  request.once("close", () => end({ _tag: "Aborted" }))
  request.once("error", () => end({ _tag: "Aborted" }))
}
