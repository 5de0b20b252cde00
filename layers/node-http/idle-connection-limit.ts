import type { Server } from "node:http"
import type { Socket } from "node:net"

/** Connections at once that have not yet asked anything; then the oldest is closed. */
const maxSilent = 2_000

/**
 * Keeps room for those that speak: of connections on which no request has come, the oldest goes first; and where all are
 * taken, those that rest between two requests go.
 */
export const keepRoom = (server: Server): void => {
  const silent = new Set<Socket>()
  server.on("connection", (socket: Socket) => {
    silent.add(socket)
    socket.once("close", () => silent.delete(socket))
    if (silent.size > maxSilent) for (const oldest of silent) return void (silent.delete(oldest), oldest.destroy())
  })
  server.on("request", ({ socket }) => silent.delete(socket))
  server.on("drop", () => server.closeIdleConnections())
}
