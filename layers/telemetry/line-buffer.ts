import { writeSync } from "node:fs"

/** Takes bytes. Returns the number taken, 0 when it can take none now, or `closed` when the reader has gone for good. */
export type Sink = (bytes: Uint8Array) => number | "closed"

const gone = new Set<unknown>(["EPIPE", "EBADF", "EIO", "ENXIO", "ECONNRESET", "ESHUTDOWN"])

/** Returns a sink that writes synchronously to a file descriptor. */
export const fdSink =
  (fd: number): Sink =>
  (bytes) => {
    try {
      return writeSync(fd, bytes)
    } catch (error) {
      return error instanceof Error && "code" in error && gone.has(error.code) ? "closed" : 0
    }
  }

/** Lines that wait for a sink. */
interface LineBuffer {
  /** Returns false when the line is dropped, since the reader is too far behind. */
  readonly add: (line: string) => boolean
  /** Writes all lines. Waits for a slow reader at most two seconds without progress. */
  readonly flush: () => void
}

const batchBytes = 65_536
const maxBytes = 8 * 1024 * 1024
const patienceMillis = 2_000
const gatherMillis = 5
const retryMillis = 5

const nothing: Uint8Array = new Uint8Array(0)
const sleeper = new Int32Array(new SharedArrayBuffer(4))
const sleep = (millis: number): void => void Atomics.wait(sleeper, 0, 0, millis)

/** Writes lines in batches: 5 ms after the first of them, or as soon as there are 64 KiB. */
export const lineBuffer = (sink: Sink): LineBuffer => {
  let text = ""
  let rest = nothing
  let closed = false
  let scheduled = false

  const write = (): boolean => {
    const fresh = Buffer.from(text)
    const bytes = rest.length === 0 ? fresh : Buffer.concat([rest, fresh])
    text = ""
    if (closed || bytes.length === 0) {
      rest = nothing
      return true
    }
    const taken = sink(bytes)
    closed = taken === "closed"
    rest = taken === "closed" ? nothing : bytes.subarray(taken)
    return taken !== 0
  }
  const turn = (): void => {
    scheduled = false
    while (write()) if (rest.length === 0) return
    schedule(retryMillis)
  }
  const schedule = (millis: number): void => {
    if (scheduled) return
    scheduled = true
    // @effect-diagnostics-next-line globalTimers:off
    setTimeout(turn, millis).unref()
  }
  return {
    add: (line) => {
      if (rest.length + text.length > maxBytes) return false
      text += line
      if (text.length >= batchBytes && rest.length === 0) turn()
      else schedule(gatherMillis)
      return true
    },
    flush: () => {
      let waited = 0
      while (text.length > 0 || rest.length > 0) {
        if (write()) waited = 0
        else if ((waited += 1) > patienceMillis) return
        else sleep(1)
      }
    }
  }
}
