import type { IncomingMessage, ServerResponse } from "node:http"
import { receiver, type ReceiverOptions, type Reply } from "./receiver.ts"

const json = { "content-type": "application/json" }

/** Returns a handler with the interface of `fetch`, for Hono, Next.js, Bun, Deno and others. */
export const fetchHandler = (options: ReceiverOptions): ((request: Request) => Promise<Response>) => {
  const receive = receiver(options)
  return async (request) => {
    const { status, body } = await receive(
      signedOf((name) => request.headers.get(name)),
      await request.text()
    )
    return new Response(body, { status, headers: json })
  }
}

/**
 * Returns a handler for `node:http`, and for Express if no middleware has read the body. Closes the connection when a
 * body exceeds 4 MiB.
 */
export const nodeHandler = (options: ReceiverOptions) => {
  const receive = receiver(options)
  return (request: IncomingMessage, response: ServerResponse): void => {
    const write = ({ status, body }: Reply) => void response.writeHead(status, json).end(body)
    bodyOf(request)
      .then((body) =>
        receive(
          signedOf((name) => request.headers[name]?.toString()),
          body
        )
      )
      .then(write, () => response.destroy())
  }
}

const signedOf = (header: (name: string) => string | null | undefined) => {
  const names = ["webhook-id", "webhook-timestamp", "webhook-signature"] as const
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = header(name)
      return typeof value === "string" ? [[name, value]] : []
    })
  )
}

const mostBytes = 4 * 1024 * 1024

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Array<Buffer> = []
  let bytes = 0
  for await (const chunk of request) {
    const part = Buffer.from(chunk)
    bytes += part.length
    if (bytes > mostBytes) return Promise.reject(new RangeError("the body is too large"))
    chunks.push(part)
  }
  return Buffer.concat(chunks).toString()
}
