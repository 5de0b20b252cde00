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
