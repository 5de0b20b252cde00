import type { ServerResponse } from "node:http"

/**
 * Bounds the requests of a lane that are under way at once, that wait for it, and that begin in one turn of the event
 * loop.
 */
export interface LaneLimits {
  readonly underWay: number
  readonly waiting: number
  readonly perTurn: number
}

/**
 * Calls `begin` when the response has a place, which it holds until it is closed. Returns false when no place is left.
 */
export type Lane = (response: ServerResponse, begin: () => void) => boolean

/**
 * Makes a lane. It never begins more requests in one turn than its limit, so other requests are served in between
 * (G50).
 */
export const lane = ({ underWay: most, waiting: mostWaiting, perTurn }: LaneLimits): Lane => {
  const queue = new Map<ServerResponse, () => void>()
  let underWay = 0
  let scheduled = false

  const schedule = () => {
    if (scheduled || queue.size === 0 || underWay >= most) return
    scheduled = true
    setImmediate(turn)
  }
  const end = () => {
    underWay -= 1
    schedule()
  }
  const turn = () => {
    scheduled = false
    let begun = 0
    for (const [response, begin] of queue) {
      if (underWay >= most || begun >= perTurn) break
      queue.delete(response)
      begun += 1
      underWay += 1
      response.once("close", end)
      begin()
    }
    schedule()
  }

  return (response, begin) => {
    if (queue.size >= mostWaiting) return false
    queue.set(response, begin)
    response.once("close", () => queue.delete(response))
    schedule()
    return true
  }
}
