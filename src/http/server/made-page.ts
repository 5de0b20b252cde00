import * as Effect from "effect/Effect"
import { headerText, type RequestHeaders } from "./request-headers.ts"
import type { BytesResponse } from "./response.ts"

/** A page for a browser: its script, its style, and markup that loads `/<name>/script.js` and `/<name>/style.css`. */
export interface BrowserPage {
  readonly markup: string
  readonly script: string
  readonly style: string
}

/** One encoding of a page, with the entity tag for caches. */
interface Form {
  readonly bytes: Uint8Array
  readonly etag: string
}

/** A page whose bytes are built once, plain and compressed. */
export interface MadePage {
  readonly contentType: string
  readonly plain: Form
  readonly gzip: Form
}

/** Seconds for which a cache may serve the page without revalidation. */
const maxAge = 300

const hexOf = (bytes: ArrayBuffer) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0"))

const compressed = (bytes: Uint8Array<ArrayBuffer>) =>
  Effect.promise(() =>
    new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer()
  )

/** Compresses the bytes and derives the entity tags of both encodings from their SHA-256. */
export const madePage = Effect.fnUntraced(function* (
  contentType: string,
  bytes: Uint8Array<ArrayBuffer>
): Effect.fn.Return<MadePage> {
  const name = hexOf(yield* Effect.promise(() => crypto.subtle.digest("SHA-256", bytes)))
    .join("")
    .slice(0, 32)
  const gzip = new Uint8Array(yield* compressed(bytes))
  return {
    contentType,
    plain: { bytes, etag: `"${name}"` },
    gzip: { bytes: gzip, etag: `"${name}-gzip"` }
  }
})

/** Returns true when `Accept-Encoding` lists `gzip` with a weight above 0 (RFC 9110 §12.5.3). */
const takesGzip = (accepted: string): boolean =>
  /(?:^|[,\s])gzip\s*(?:$|,|;(?!\s*q=0(?:\.0*)?\s*(?:$|,)))/i.test(accepted)

/** Returns true when `If-None-Match` is `*` or lists the tag; `W/` is ignored (RFC 9110 §13.1.2). */
const isKnown = (names: string, etag: string): boolean =>
  names.split(",").some((name) => ["*", etag].includes(name.trim().replace(/^W\//, "")))

/** Returns the page in an encoding that the caller accepts, or 304 without a body when the caller has it. */
export const pageResponse = (page: MadePage, headers: RequestHeaders): BytesResponse => {
  const isGzip = takesGzip(headerText(headers["accept-encoding"]))
  const { bytes, etag } = isGzip ? page.gzip : page.plain
  const cached = { etag, "cache-control": `public, max-age=${maxAge}`, vary: "accept-encoding" }
  if (isKnown(headerText(headers["if-none-match"]), etag)) return { status: 304, headers: cached, body: nothing }
  const encoding = isGzip ? { "content-encoding": "gzip" } : {}
  return { status: 200, headers: { "content-type": page.contentType, ...cached, ...encoding }, body: bytes }
}

const nothing = new Uint8Array(0)
