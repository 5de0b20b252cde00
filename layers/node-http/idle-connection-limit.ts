import type { Server } from "node:http"
import type { Socket } from "node:net"

/** Most connections at once without a request so far; above it the oldest is closed. */
const maxIdle = 2_000

/**
 * Keeps room for active connections. Of the connections that have sent no request, the oldest is closed first. When all
 * connections are taken, those that are idle between two requests are closed.
 */
export const limitIdleConnections = (server: Server): void => {
  const idle = new Set<Socket>()
  server.on("connection", (socket: Socket) => {
    idle.add(socket)
    socket.once("close", () => idle.delete(socket))
    if (idle.size > maxIdle) for (const oldest of idle) return void (idle.delete(oldest), oldest.destroy())
  })
  server.on("request", ({ socket }) => idle.delete(socket))
  server.on("drop", () => server.closeIdleConnections())
}
