import process from "node:process"
import type { Redis } from "ioredis"

/**
 * Corks the socket before a command is sent: all commands that are sent until the ready sockets of this turn have been
 * read leave in one write.
 *
 * A write by itself costs more than the rest of sending a command, and nothing waits for a reply. With `now`, which a
 * batch sets, the write leaves at the end of this turn with everything that is corked.
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
