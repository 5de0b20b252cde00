import process from "node:process"
import type { Redis } from "ioredis"

/**
 * To be called before a command is sent: whatever is sent until the end of this turn of the event loop leaves in one write.
 * A write by itself costs more than the rest of sending a command; nothing waits for an answer.
 */
export const writtenTogether = (redis: Redis): (() => void) => {
  let held = false
  return () => {
    const { stream } = redis
    if (held || stream === undefined) return
    held = true
    stream.cork()
    process.nextTick(() => {
      held = false
      stream.uncork()
    })
  }
}
