import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import process from "node:process"

/** Requests of all connections together that wait for the one before them. */
const maxBehind = 4_096

/** Calls `begin` when the earlier requests of the connection are answered. */
export type OneAtATime = (request: IncomingMessage, response: ServerResponse, begin: () => void) => void

interface Line {
  isBusy: boolean
  isStopping: boolean
  readonly behind: Array<() => void>
}

/**
 * Answers the requests of a connection one after the other. While one waits behind another, nothing more is read from its
 * connection; a connection whose requests would be more than `maxBehind` of all is closed (G50).
 */
export const oneAtATime = (): OneAtATime => {
  const lines = new WeakMap<Socket, Line>()
  let allBehind = 0

  const lineOf = (socket: Socket): Line => {
    const known = lines.get(socket)
    if (known !== undefined) return known
    const line: Line = { isBusy: false, isStopping: false, behind: [] }
    lines.set(socket, line)
    socket.once("close", () => {
      allBehind -= line.behind.length
      line.behind.length = 0
    })
    return line
  }

  /** Node reads on after each request, by what it puts into the queue of this tick: the pause comes after that. */
  const stopReading = (socket: Socket, line: Line) => {
    if (line.isStopping) return
    line.isStopping = true
    const stop = () => {
      line.isStopping = false
      if (line.behind.length > 0) socket.pause()
    }
    process.nextTick(process.nextTick, stop)
  }

  const next = (socket: Socket, line: Line) => {
    const begin = line.behind.shift()
    if (begin === undefined) {
      line.isBusy = false
      if (!socket.destroyed) socket.resume()
      return
    }
    allBehind -= 1
    stopReading(socket, line)
    setImmediate(begin)
  }

  return ({ socket }, response, begin) => {
    const line = lineOf(socket)
    const start = () => {
      if (socket.destroyed) return
      let isOver = false
      const end = () => {
        isOver = true
        socket.off("close", left)
        next(socket, line)
      }
      /** A response whose turn on the connection has not come is not told by Node that the peer has left. */
      const left = () => void (isOver || response.emit("close"))
      response.once("close", end)
      socket.once("close", left)
      begin()
    }
    if (!line.isBusy) {
      line.isBusy = true
      start()
    } else if (allBehind >= maxBehind) socket.destroy()
    else {
      allBehind += 1
      line.behind.push(start)
      stopReading(socket, line)
    }
  }
}
