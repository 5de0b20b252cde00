import * as http from "node:http"
import * as net from "node:net"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { listOf, objectOf } from "../../plugins/meta/read-json.ts"
import type { Json } from "../../src/domain/json.ts"
import { freePort } from "./free-port.ts"

export interface Asking {
  readonly method?: string
  /** A list sends the header several times. */
  readonly headers?: Readonly<Record<string, string | ReadonlyArray<string>>>
  readonly body?: string | Uint8Array
}

export interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
  /** The parsed body; `null` when it is not JSON. */
  readonly json: Json
  /** Returns the value at a path in the JSON. */
  readonly at: (...path: ReadonlyArray<string | number>) => Json | undefined
}

/** No complete response arrived. `code` is that of the socket's error. */
export class NoAnswer extends Data.TaggedError("NoAnswer")<{ readonly code: string }> {}

const parsed = (text: string): Json => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const answerOf = (status: number, headers: http.IncomingHttpHeaders, text: string): Answer => {
  const json = parsed(text)
  const into = (value: Json | undefined, step: string | number) =>
    typeof step === "number" ? listOf(value)?.[step] : objectOf(value)?.[step]
  return { status, headers, text, json, at: (...path) => path.reduce<Json | undefined>(into, json) }
}

/** Sends one request on a new connection. Interruption closes the connection. */
export const ask = (
  url: string,
  { method = "GET", headers = {}, body }: Asking = {}
): Effect.Effect<Answer, NoAnswer> =>
  Effect.callback((resume) => {
    const lines = Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? value : [...value]])
    const request = http.request(url, { method, agent: false, headers: Object.fromEntries(lines) }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("error", (error: NodeJS.ErrnoException) => lost(error))
      response.on("end", () =>
        resume(
          Effect.succeed(answerOf(response.statusCode ?? 0, response.headers, Buffer.concat(chunks).toString("utf8")))
        )
      )
    })
    const lost = ({ code = "unknown" }: NodeJS.ErrnoException) => resume(Effect.fail(new NoAnswer({ code })))
    request.on("error", lost)
    if (body !== undefined) request.setHeader("content-length", Buffer.byteLength(body))
    request.end(body)
    return Effect.sync(() => request.destroy())
  })

/**
 * Writes raw bytes to a server and returns the bytes received until the connection closes. With `stay` only the server closes
 * it.
 */
export const spoken = (
  url: string,
  parts: ReadonlyArray<string | Uint8Array>,
  end: "finish" | "destroy" | "stay"
): Effect.Effect<string> =>
  Effect.callback((resume) => {
    const chunks: Array<Buffer> = []
    const socket = net.connect(Number(new URL(url).port), "127.0.0.1", () => {
      for (const part of parts) socket.write(part)
      if (end === "finish") socket.end()
      if (end === "destroy") socket.destroySoon()
    })
    socket.on("data", (chunk) => chunks.push(chunk))
    socket.on("error", () => undefined)
    socket.on("close", () => resume(Effect.succeed(Buffer.concat(chunks).toString("latin1"))))
    return Effect.sync(() => socket.destroy())
  })

const port = (server: http.Server): number => {
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : 0
}

export interface Listening {
  readonly port: number
  /** Closes the port and every connection. */
  readonly leave: Effect.Effect<void>
  /** Listens again, on the same port. */
  readonly comeBack: Effect.Effect<void>
}

type Handle = (request: http.IncomingMessage, body: Buffer, response: http.ServerResponse) => void

/** Starts a local server for one scope. Its handler receives each request with the whole body. */
export const listening = (handle: Handle): Effect.Effect<Listening, never, Scope.Scope> => {
  const listen = (at: number) =>
    Effect.callback<http.Server>((resume) => {
      const server = http.createServer((request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk))
        request.on("error", () => response.destroy())
        request.on("end", () => handle(request, Buffer.concat(chunks), response))
      })
      server.listen(at, "127.0.0.1", () => resume(Effect.succeed(server)))
    })
  const close = (server: http.Server) =>
    Effect.callback<void>((resume) => {
      server.close(() => resume(Effect.void))
      server.closeAllConnections()
    })
  return Effect.acquireRelease(
    Effect.map(listen(0), (first) => ({ current: first, port: port(first) })),
    ({ current }) => close(current)
  ).pipe(
    Effect.map((held) => ({
      port: held.port,
      leave: Effect.suspend(() => close(held.current)),
      comeBack: Effect.map(listen(held.port), (server) => {
        held.current = server
      })
    }))
  )
}

/** Finds a port without a listener. */
export const deafPort: Effect.Effect<number> = Effect.promise(freePort)
