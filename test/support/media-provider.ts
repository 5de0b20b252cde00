import type { IncomingMessage, ServerResponse } from "node:http"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Json } from "../../src/domain/json.ts"
import { listening } from "./http.ts"
import { type Recorded, recorded } from "./recorded.ts"

/** A medium of a multipart upload, parsed by a parser that is not the gateway's. */
export interface Uploaded {
  readonly path: string
  readonly authorization: string | undefined
  readonly length: string | undefined
  readonly product: unknown
  readonly type: unknown
  readonly fileName: string
  readonly fileType: string
  readonly bytes: Buffer
}

export interface MediaProvider {
  readonly url: string
  readonly uploads: Recorded<Uploaded>
  /** Paths of requests that never receive a response. */
  readonly hung: Recorded<string>
  readonly has: (id: string, type: string, bytes: Uint8Array) => void
  /** Scripts the results of the next requests. */
  readonly next: (...turns: ReadonlyArray<Turn>) => void
}

export type Turn = "drop" | "cut" | "hang" | "page" | { readonly status: number; readonly body: Json }

const json = (response: ServerResponse, status: number, body: Json) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))

const read = async (request: IncomingMessage, bytes: Buffer): Promise<Uploaded> => {
  const { "content-type": contentType = "", "content-length": length, authorization } = request.headers
  const form = await new Response(new Uint8Array(bytes), { headers: { "content-type": contentType } }).formData()
  const file = form.get("file")
  return {
    path: request.url ?? "",
    authorization,
    length,
    product: form.get("messaging_product"),
    type: form.get("type"),
    fileName: file instanceof File ? file.name : "",
    fileType: file instanceof File ? file.type : "",
    bytes: file instanceof File ? Buffer.from(await file.arrayBuffer()) : Buffer.alloc(0)
  }
}

/** Serves the media endpoints of the Graph API on a real socket (META 3.3). */
export const mediaProvider: Effect.Effect<MediaProvider, never, Scope.Scope> = Effect.gen(function* () {
  const uploads = recorded<Uploaded>()
  const hung = recorded<string>()
  const kept = new Map<string, { readonly type: string; readonly bytes: Uint8Array }>()
  const turns: Array<Turn> = []
  let url = ""
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? ""
    const id = /\/([^/?]+)(?:\?|$)/.exec(path)?.[1] ?? ""
    const medium = kept.get(id)
    if (medium === undefined) return json(response, 400, { error: { code: 100, error_subcode: 33 } })
    const { type, bytes } = medium
    if (!path.startsWith("/bytes/")) return json(response, 200, { id, url: `${url}/bytes/${id}`, mime_type: type })
    response.writeHead(200, {
      "content-type": turns[0] === "page" ? "text/html" : type,
      "content-length": bytes.length
    })
    if (turns[0] !== "cut") return response.end(bytes)
    response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy())
    return response
  }
  const { port } = yield* listening((request, bytes, response) => {
    const turn = turns[0] === "cut" || turns[0] === "page" ? undefined : turns.shift()
    if (turn === "hang") {
      hung.add(request.url ?? "")
      return
    }
    if (turn === "drop") response.destroy()
    else if (typeof turn === "object") json(response, turn.status, turn.body)
    else if (request.method === "GET") answer(request, response)
    else {
      void read(request, bytes).then((one) => {
        uploads.add(one)
        json(response, 200, { id: `${uploads.all.length}` })
      })
    }
  })
  url = `http://127.0.0.1:${port}`
  return {
    url,
    uploads,
    hung,
    has: (id, type, bytes) => void kept.set(id, { type, bytes }),
    next: (...more) => void turns.push(...more)
  }
})
