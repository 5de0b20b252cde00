import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import type { Upload } from "../../../src/connector/media.ts"
import type { ByteSource } from "../../../src/connector/provider-http.ts"

export interface Form {
  readonly contentType: string
  readonly content: ByteSource
}

const utf8 = new TextEncoder()

/** Encodes a name as browsers do in a form: characters that would end it or the line are percent-encoded. */
const quoted = (name: string) => name.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A")

const field = (boundary: string, name: string, value: string) =>
  `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`

const boundaryOf = Effect.map(
  Effect.replicateEffect(Random.nextIntBetween(0, 35), 32),
  (digits) => `comporta-${digits.map((digit) => digit.toString(36)).join("")}`
)

/**
 * Returns a form with `messaging_product`, `type` and `file` (META 3.3). The provider's own samples differ on `type`,
 * so all three are sent. Its length is known before its bytes are.
 */
export const formOf = Effect.fnUntraced(function* (upload: Upload): Effect.fn.Return<Form> {
  const boundary = yield* boundaryOf
  const head = utf8.encode(
    field(boundary, "messaging_product", "whatsapp") +
      field(boundary, "type", upload.type) +
      `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${quoted(upload.filename ?? "file")}"\r\n` +
      `content-type: ${upload.type}\r\n\r\n`
  )
  const tail = utf8.encode(`\r\n--${boundary}--\r\n`)
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    content: {
      length: head.length + upload.length + tail.length,
      bytes: Stream.make(head).pipe(Stream.concat(upload.bytes), Stream.concat(Stream.make(tail)))
    }
  }
})
