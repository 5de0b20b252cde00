import * as http from "node:http"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { layer, type PushOptions } from "../../../layers/runtime-push/runtime-push.ts"
import * as StoreClock from "../../../src/partition/store-clock.ts"
import { Secrets } from "../../../src/secrets/secrets.ts"
import { portOf } from "../provider-http/peer.ts"

export interface Delivery {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type Reply = (response: http.ServerResponse, n: number) => void

/** A runtime on a real socket. */
export const receiver = (reply: Reply) =>
  Effect.acquireRelease(
    Effect.callback<{ url: string; deliveries: ReadonlyArray<Delivery>; server: http.Server }>((resume) => {
      const deliveries: Array<Delivery> = []
      const server = http.createServer((request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk))
        request.on("end", () => {
          const headers = Object.fromEntries(
            Object.entries(request.headers).map(([name, value]) => [name, String(value)])
          )
          const body = Buffer.concat(chunks).toString()
          deliveries.push({ method: request.method, url: request.url, headers, body })
          reply(response, deliveries.length)
        })
      })
      server.listen(0, "127.0.0.1", () => {
        resume(Effect.succeed({ url: `http://127.0.0.1:${portOf(server)}/events`, deliveries, server }))
      })
    }),
    ({ server }) =>
      Effect.sync(() => {
        server.close()
        server.closeAllConnections()
      })
  )

export const secretOf = (byte: number, length = 24) => `whsec_${Buffer.alloc(length, byte).toString("base64")}`

/** The secret store as the runtime sees it; `versions` may change meanwhile, the current one first. */
export const secretsOf = (versions: () => ReadonlyArray<string>) => {
  const known = new Map<string, Redacted.Redacted<string>>()
  const redacted = (value: string) => {
    const entry = known.get(value) ?? Redacted.make(value)
    known.set(value, entry)
    return entry
  }
  const candidates = () => versions().map(redacted)
  const handle = (ref: string) =>
    Effect.succeed({ ref, current: () => redacted(versions()[0] ?? ""), candidates, versions: candidates })
  return Layer.succeed(Secrets, {
    handle,
    refresh: () => Effect.succeed(false),
    mayRefresh: () => false,
    onRotated: () => undefined,
    unusable: () => []
  })
}

export const pushing = (options: Partial<PushOptions> & { url: string }, versions: () => ReadonlyArray<string>) =>
  layer({ secret: "runtime/signing", version: "1.2.3", ...options }).pipe(
    Layer.provide([secretsOf(versions), StoreClock.own])
  )
