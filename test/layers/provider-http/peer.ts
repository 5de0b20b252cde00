import * as net from "node:net"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** A peer on a real socket that says what it likes and remembers what it received. */
export interface Peer {
  readonly port: number
  readonly url: string
  /** Everything that came, of all connections. */
  readonly received: () => string
  readonly connections: () => number
  /** Requests whose head has come whole. */
  readonly requests: () => number
  /** Resolves when the first connection is closed. */
  readonly closed: Promise<void>
}

/** `act` is called with every request whose head and body of the declared length have come; `n` counts from 1. */
export type Act = (socket: net.Socket, request: string, n: number) => void

export const portOf = (server: net.Server): number => {
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : 0
}

const cut = (buffer: string): [request: string, rest: string] | undefined => {
  const head = buffer.indexOf("\r\n\r\n")
  if (head < 0) return undefined
  const length = Number(/content-length: (\d+)/i.exec(buffer.slice(0, head))?.[1] ?? 0)
  const end = head + 4 + length
  return buffer.length < end ? undefined : [buffer.slice(0, end), buffer.slice(end)]
}

export const peer = (act: Act): Effect.Effect<Peer, never, Scope.Scope> => {
  const open = Effect.callback<{ peer: Peer; server: net.Server; sockets: Set<net.Socket> }>((resume) => {
    const sockets = new Set<net.Socket>()
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    let received = ""
    let connections = 0
    let requests = 0
    const server = net.createServer((socket) => {
      connections += 1
      sockets.add(socket)
      let buffer = ""
      socket.on("error", () => {})
      socket.on("close", () => {
        sockets.delete(socket)
        resolve()
      })
      socket.on("data", (chunk) => {
        received += chunk.toString("latin1")
        buffer += chunk.toString("latin1")
        for (let next = cut(buffer); next !== undefined; next = cut(buffer)) {
          buffer = next[1]
          requests += 1
          act(socket, next[0], requests)
        }
      })
    })
    server.listen(0, "127.0.0.1", () => {
      const port = portOf(server)
      const peer = {
        port,
        url: `http://127.0.0.1:${port}`,
        received: () => received,
        connections: () => connections,
        requests: () => requests,
        closed
      }
      resume(Effect.succeed({ peer, server, sockets }))
    })
  })
  const close = (opened: { server: net.Server; sockets: Set<net.Socket> }) =>
    Effect.callback<void>((resume) => {
      opened.server.close(() => resume(Effect.void))
      for (const socket of opened.sockets) socket.destroy()
    })
  return Effect.map(Effect.acquireRelease(open, close), (opened) => opened.peer)
}

/** A whole answer that keeps the connection. */
export const answer = (status: number, body = "", headers: ReadonlyArray<string> = []): string =>
  [`HTTP/1.1 ${status} Text`, `content-length: ${Buffer.byteLength(body)}`, ...headers, "", body].join("\r\n")

/** A port on which nobody listens. */
export const deafPort: Effect.Effect<number> = Effect.callback((resume) => {
  const server = net.createServer()
  server.listen(0, "127.0.0.1", () => {
    const port = portOf(server)
    server.close(() => resume(Effect.succeed(port)))
  })
})
