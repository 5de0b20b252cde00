import { readFileSync } from "node:fs"
import { createServer, type Server } from "node:tls"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type { Certificate } from "../../support/certificates.ts"

/** Takes the handshake for Redis, and keeps the name that it was asked for and what it is then told. */
export const impostor = ({ cert, key }: Certificate, at = 0) =>
  Effect.gen(function* () {
    const received: Array<string> = []
    const calls = yield* Queue.unbounded<void>()
    const names: Array<string> = []
    const SNICallback = (name: string, answer: (error: null) => void) => {
      names.push(name)
      answer(null)
    }
    // It shows a weak key too.
    const files = { cert: readFileSync(cert), key: readFileSync(key), ciphers: "DEFAULT@SECLEVEL=0" }
    const server: Server = createServer({ ...files, SNICallback }, (socket) => {
      socket.on("data", (data) => received.push(data.toString()))
      socket.on("error", () => undefined)
    })
    server.on("tlsClientError", () => undefined)
    server.on("connection", () => Queue.offerUnsafe(calls, undefined))
    yield* Effect.acquireRelease(
      Effect.callback<void>((resume) => {
        server.listen(at, "127.0.0.1", () => resume(Effect.void))
      }),
      () => Effect.sync(() => server.close())
    )
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    return { calls, received, names, port, url: `rediss://127.0.0.1:${port}` }
  })
