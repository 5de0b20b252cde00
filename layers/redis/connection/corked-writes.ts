import process from "node:process"
import type { Redis } from "ioredis"

/**
 * To be called before a command is sent: whatever is sent until all sockets that have something to say have been heard
 * leaves in one write. A write by itself costs more than the rest of sending a command; nothing waits for an answer. What
 * was gathered already goes `now`, at the end of this turn, and takes along what is there.
 */
export const corkedWrites = (redis: Redis): ((now: boolean) => void) => {
  let held: Redis["stream"] | undefined
  const write = () => {
    held?.uncork()
    held = undefined
  }
  return (now) => {
    const { stream } = redis
    if (stream === undefined) return
    if (held !== stream) {
      write()
      held = stream
      stream.cork()
      if (!now) setImmediate(write)
    }
    if (now) process.nextTick(write)
  }
}
