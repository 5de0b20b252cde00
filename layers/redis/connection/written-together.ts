import type { Redis } from "ioredis"

/**
 * To be called before a command is sent: whatever is sent until all sockets that have something to say have been heard
 * leaves in one write. A write by itself costs more than the rest of sending a command; nothing waits for an answer.
 */
export const writtenTogether = (redis: Redis): (() => void) => {
  let held = false
  return () => {
    const { stream } = redis
    if (held || stream === undefined) return
    held = true
    stream.cork()
    setImmediate(() => {
      held = false
      stream.uncork()
    })
  }
}
