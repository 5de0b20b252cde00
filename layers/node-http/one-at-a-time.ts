import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import process from "node:process"

/** Most requests, over all connections, that wait for an earlier request of theirs. */
const maxBehind = 4_096

/** Calls `begin` when the earlier requests of the connection are answered. */
export type OneAtATime = (request: IncomingMessage, response: ServerResponse, begin: () => void) => void

interface RequestQueue {
  isBusy: boolean
  isStopping: boolean
  readonly behind: Array<() => void>
}

/**
 * Answers the requests of a connection one after the other. While one waits behind another, the server reads nothing
 * more from its connection. A request that would exceed `maxBehind` closes its connection (G50).
 */
export const oneAtATime = (): OneAtATime => {
  const queues = new WeakMap<Socket, RequestQueue>()
  let allBehind = 0

  const queueOf = (socket: Socket): RequestQueue => {
    const known = queues.get(socket)
    if (known !== undefined) return known
    const queue: RequestQueue = { isBusy: false, isStopping: false, behind: [] }
    queues.set(socket, queue)
    socket.once("close", () => {
      allBehind -= queue.behind.length
      queue.behind.length = 0
    })
    return queue
  }

  /**
   * Pauses the socket after the current tick, because Node resumes reading after each request in a callback of this
   * tick.
   */
  const stopReading = (socket: Socket, queue: RequestQueue) => {
    if (queue.isStopping) return
    queue.isStopping = true
    const stop = () => {
      queue.isStopping = false
      if (queue.behind.length > 0) socket.pause()
    }
    process.nextTick(process.nextTick, stop)
  }

  const next = (socket: Socket, queue: RequestQueue) => {
    const begin = queue.behind.shift()
    if (begin === undefined) {
      queue.isBusy = false
      if (!socket.destroyed) socket.resume()
      return
    }
    allBehind -= 1
    stopReading(socket, queue)
    setImmediate(begin)
  }

  return ({ socket }, response, begin) => {
    const queue = queueOf(socket)
    const start = () => {
      if (socket.destroyed) return
      let isOver = false
      const end = () => {
        isOver = true
        socket.off("close", left)
        next(socket, queue)
      }
      /**
       * Emits `close` on a response whose turn on the connection has not come: Node does not report to it that the
       * client has left.
       */
      const left = () => void (isOver || response.emit("close"))
      response.once("close", end)
      socket.once("close", left)
      begin()
    }
    if (!queue.isBusy) {
      queue.isBusy = true
      start()
    } else if (allBehind >= maxBehind) socket.destroy()
    else {
      allBehind += 1
      queue.behind.push(start)
      stopReading(socket, queue)
    }
  }
}
