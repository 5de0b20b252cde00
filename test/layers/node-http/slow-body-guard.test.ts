import { createServer } from "node:http"
import { connect } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { makeSlowBodyGuard } from "../../../layers/node-http/slow-body-guard.ts"
import { readBody } from "../../../layers/node-http/read-body.ts"
import { recorded } from "../../support/recorded.ts"

const length = 3 * 2 ** 20
const head = `POST /m HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n{`
const rest = Buffer.alloc(length - 2, " ")

/** A server that reads bodies, and the most bytes that it held of them at once. */
const reading = Effect.gen(function* () {
  const { startTimer, onBuffered, reject } = makeSlowBodyGuard()
  const gone = recorded<boolean>()
  let held = 0
  let most = 0
  const server = createServer((request, response) => {
    let ofThis = 0
    const count = (bytes: number) => {
      if (request.destroyed) return
      ofThis += bytes
      held += bytes
      most = Math.max(most, held)
    }
    startTimer(request, response)
    request.once("close", () => {
      held -= ofThis
      gone.add(true)
    })
    readBody(
      request,
      length,
      (bytes) => {
        onBuffered(request, bytes)
        count(bytes)
      },
      () => undefined
    )
  })
  server.on("clientError", reject)
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void))),
    () => Effect.sync(() => server.close().closeAllConnections())
  )
  const address = server.address()
  return { port: typeof address === "object" && address !== null ? address.port : 0, gone, most: () => most }
})

describe("incomplete bodies", () => {
  it.live(
    "incomplete bodies that arrive together after their 408 occupy bounded memory",
    () =>
      Effect.gen(function* () {
        const { gone, most, port } = yield* reading
        const responses = recorded<string>()
        for (let n = 0; n < 250; n++) {
          const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true }, () => socket.write(head))
          socket.on("error", () => undefined)
          socket.once("data", (data) => {
            responses.add(data.toString().slice(0, 12))
            socket.write(rest)
          })
        }
        yield* gone.atLeast(250)
        assert.deepStrictEqual(new Set(responses.all), new Set(["HTTP/1.1 408"]))
        assert.isBelow(most() / 2 ** 20, 400)
      }),
    60_000
  )
})
