import type { MediumHead } from "../../../src/connector/media.ts"
import type { Issue } from "../../../src/domain/failure.ts"

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
