import * as Effect from "effect/Effect"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Given } from "../../contracts/secret-store.ts"
import { listening } from "../../support/http.ts"

/** One answer of a stand-in: a status, a JSON body. */
export interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Versions of each secret, oldest first, as a store keeps them. */
export const versionsOf = (given: Given) =>
  new Map(
    Object.entries(given).map(([ref, { current, previous }]) => [
      ref,
      previous === undefined ? [current] : [previous, current]
    ])
  )

/** A server that answers as a secret store would, and notes what it was asked. */
export const standIn = (answer: (request: IncomingMessage, body: string) => Answer) =>
  Effect.gen(function* () {
    const requestedPaths: Array<string> = []
    const server = yield* listening((request, bytes, response: ServerResponse) => {
      requestedPaths.push(`${request.method} ${request.url}`)
      const { status, body = {}, headers } = answer(request, bytes.toString())
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body))
    })
    return { url: `http://127.0.0.1:${server.port}`, requestedPaths }
  })
