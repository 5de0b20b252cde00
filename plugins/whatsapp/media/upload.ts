import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import type { Media, MediumHead, Upload } from "../../../src/connector/media.ts"
import type { ByteSource } from "../../../src/connector/provider-http.ts"
import type { Issue } from "../../../src/domain/failure.ts"
import { appSecretProof } from "../../meta/credentials.ts"
import { graphClient } from "../../meta/graph.ts"
import { objectOf, textOf } from "../../meta/read-json.ts"
import { errors } from "../errors.ts"
import type { Account, Settings } from "../settings.ts"

/** Units of the sizes. The provider says KB and MB; the larger units are used, so that nothing it accepts is rejected. */
const kib = 1_024
const mib = 1_048_576

/** Kind of message and most bytes, by media type (META 3.1). */
const limits: Readonly<Record<string, readonly [as: string, bytes: number]>> = {
  "image/jpeg": ["image", 5 * mib],
  "image/png": ["image", 5 * mib],
  "image/webp": ["sticker", 500 * kib],
  "video/mp4": ["video", 16 * mib],
  "video/3gp": ["video", 16 * mib],
  "video/3gpp": ["video", 16 * mib],
  "audio/aac": ["audio", 16 * mib],
  "audio/amr": ["audio", 16 * mib],
  "audio/mpeg": ["audio", 16 * mib],
  "audio/mp4": ["audio", 16 * mib],
  "audio/ogg": ["audio", 16 * mib]
}

/** Most bytes of a document, the kind of any other type. The provider judges which types it accepts. */
export const maxBytes = 100 * mib

const wellFormed = /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}(?:\s*;\s*[\w!#$&^.+-]+=(?:[\w!#$&^.+-]+|"[^"\\\r\n]*"))*$/

/** Returns issues for a medium that the provider would refuse, under the header names of the caller's request. */
export const check = ({ type, length }: MediumHead): ReadonlyArray<Issue> => {
  if (!wellFormed.test(type)) {
    return [{ path: ["content-type"], message: "expected a media type such as image/jpeg" }]
  }
  const [as, bytes] = limits[type.replace(/\s*;.*$/, "").toLowerCase()] ?? ["document", maxBytes]
  if (length < 1) return [{ path: ["content-length"], message: "expected at least one byte" }]
  return length <= bytes ? [] : [{ path: ["content-length"], message: `expected at most ${bytes} bytes of this ${as}` }]
}

interface Form {
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
const formOf = Effect.fnUntraced(function* (upload: Upload): Effect.fn.Return<Form> {
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

const call = graphClient(errors)

/** Uploads a medium. The provider stores it for 30 days under the id that it returns (META 3.3). */
export const upload: Media<Settings, Account>["upload"] = Effect.fnUntraced(function* (one, context) {
  const token = context.secret("accessToken")
  return yield* call({
    operation: "whatsapp.upload",
    settings: context.settings.graph,
    method: "POST",
    path: `${encodeURIComponent(context.account.phoneNumberId)}/media`,
    token,
    proof: appSecretProof(context.digest, context.secret("appSecret"), token),
    form: yield* formOf(one),
    expect: (body) => textOf(objectOf(body)?.["id"])
  })
})
