import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import process from "node:process"

/** Most requests, over all connections, that wait for an earlier request of theirs. */
const maxBehind = 4_096

/**
 * Requests that may arrive in one turn of the event loop before all other connections wait for the next turn. Parsing one
 * takes about 10 microseconds.
 */
const maxPerTurn = 256

/** Calls `begin` when the earlier requests of the connection are answered. */
export type OneAtATime = (request: IncomingMessage, response: ServerResponse, begin: () => void) => void

interface RequestQueue {
  isBusy: boolean
  isStopping: boolean
  readonly behind: Array<() => void>
}

interface ArrivalLimit {
  /** Adds a connection until it closes. */
  readonly add: (socket: Socket) => void
  /** Counts a request of the connection. */
  readonly count: (socket: Socket) => void
}

/**
 * Bounds the requests that all connections together add in one turn of the event loop. `idle` has the connections without
 * a request so far. `mayRead` returns true for a connection that may be read in the next turn.
 */
const limitArrivals = (idle: ReadonlySet<Socket>, mayRead: (socket: Socket) => boolean): ArrivalLimit => {
  const open = new Set<Socket>()
  const held = new Set<Socket>()
  let arrived = 0
  const endTurn = () => {
    arrived = 0
    for (const socket of held) if (mayRead(socket)) socket.resume()
    held.clear()
  }
  const hold = (socket: Socket) => {
    if (socket.isPaused()) return
    socket.pause()
    held.add(socket)
  }
  return {
    add: (socket) => {
      open.add(socket)
      socket.once("close", () => open.delete(socket))
    },
    count: (current) => {
      arrived += 1
      if (arrived === 1) setImmediate(endTurn)
      if (arrived !== maxPerTurn) return
      for (const socket of open) if (socket !== current) hold(socket)
      for (const socket of idle) hold(socket)
    }
  }
}

/**
 * Answers the requests of a connection one after the other. While one waits behind another, the server reads nothing
 * more from its connection. A request that would exceed `maxBehind` closes its connection. When many requests arrive in
 * one turn of the event loop, the other connections of this kind, and those in `idle` without a request so far, are read in
 * the next (G50).
 */
export const oneAtATime = (idle: ReadonlySet<Socket>): OneAtATime => {
  const queues = new WeakMap<Socket, RequestQueue>()
  let allBehind = 0
  const arrivals = limitArrivals(idle, (socket) => !socket.destroyed && (queues.get(socket)?.behind.length ?? 0) === 0)

  const queueOf = (socket: Socket): RequestQueue => {
    const known = queues.get(socket)
    if (known !== undefined) return known
    const queue: RequestQueue = { isBusy: false, isStopping: false, behind: [] }
    queues.set(socket, queue)
    arrivals.add(socket)
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
    arrivals.count(socket)
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
