import * as Effect from "effect/Effect"
import { listening } from "../../support/http.ts"
import type { Blobs } from "./stand-ins.ts"

/** Serves blobs and manifests as a registry does, by digest, to readers only. Returns its address. */
export const registry = (blobs: Blobs) =>
  Effect.map(
    listening((request, _, response) => {
      const [, digest = ""] = /\/(?:manifests|blobs)\/(sha256:[0-9a-f]{64})$/.exec(request.url ?? "") ?? []
      const found = blobs.get(digest)
      if (request.url === "/v2/") return void response.writeHead(200).end("{}")
      if (found === undefined) return void response.writeHead(404).end("{}")
      response.writeHead(200, {
        "content-type": found.type,
        "content-length": found.bytes.length,
        "docker-content-digest": digest
      })
      response.end(request.method === "HEAD" ? undefined : found.bytes)
    }),
    ({ port }) => `127.0.0.1:${port}`
  )
