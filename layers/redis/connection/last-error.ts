import type { Redis } from "ioredis"

const ignore = () => undefined

/**
 * Listens for the errors of a client, and returns a function that returns the last one.
 *
 * The client library handles only the first error of a socket. A second one, such as the TLS alert of a server that
 * closes, would end the process.
 */
export const lastErrorOf = (redis: Redis): (() => unknown) => {
  let last: unknown
  redis.on("error", (error) => {
    last = error
    redis.stream?.on("error", ignore)
  })
  return () => last
}
