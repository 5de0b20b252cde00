import { writeSync } from "node:fs"

/** Takes bytes: how many it took, 0 where it can take none just now, `closed` where nobody will ever read again. */
export type Sink = (bytes: Uint8Array) => number | "closed"

const gone = new Set<unknown>(["EPIPE", "EBADF", "EIO", "ENXIO", "ECONNRESET", "ESHUTDOWN"])

/** A file descriptor, written synchronously. */
export const fdSink =
  (fd: number): Sink =>
  (bytes) => {
    try {
      return writeSync(fd, bytes)
    } catch (error) {
      return error instanceof Error && "code" in error && gone.has(error.code) ? "closed" : 0
    }
  }
