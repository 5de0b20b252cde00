import { deflateRawSync, inflateRawSync } from "node:zlib"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { jsonIn } from "../../../src/domain/parse-json.ts"
import { type Sealer, Unreadable } from "../../../src/secrets/sealer.ts"

/** First byte of a packed record. A record that is packed in another way begins with another byte. */
const packing = 1

/**
 * Texts that most records have in common. Every packed record refers to them, so they never change: another dictionary
 * is another {@link packing}.
 */
const dictionary = Buffer.from(
  [
    "abandoned;resolved:sent;resolved:not_sent;forgotten;echo;read_back;released;in_doubt;disputed;status:other;status:played;",
    '"accepted","+0","contradicted","judged","lane","cnv_","refused","1","reported","failed","idempotent","unprotected",',
    '"failure","{\\"class\\":\\"ProviderError\\",\\"code\\":\\"131026\\",\\"certainty\\":\\"not_applied\\",',
    '\\"transient\\":false,\\"detail\\":\\"","instagram.text","instagram","messenger.text","messenger","whatsapp.template"',
    '["account","main","attempt","1","capability","whatsapp.text","claimed","+0","connector","whatsapp","content",',
    '"0123456789abcdef","correlation","cor_","created","1796","deadline","+60000","delivery","read","proven","1",',
    '"protection","verified","receipt","{\\"messageId\\":\\"wamid.HBgNNTUxMTk5OTk5OTk5ORUCABEYE","settled","+300","state",',
    '"sent","timeline","+0 1 claimed;+300 1 sent;+900 1 status:sent;+2000 1 status:delivered;+60000 1 status:read;",',
    '"token","","v","1","verdict","sent"]'
  ].join("")
)

/** Returns a field of a record, given as names and values in turn; an empty text when it is missing. */
export const fieldIn = (fields: ReadonlyArray<string>, name: string): string => {
  const at = fields.findIndex((one, index) => index % 2 === 0 && one === name)
  return at === -1 ? "" : (fields[at + 1] ?? "")
}

/** Fields that are a time in milliseconds. */
const times = new Set(["accepted", "claimed", "deadline", "settled"])

/** Writes each time of a record as the milliseconds since its creation, with a `+` before them: they are a tenth as long. */
const withSpans = (fields: ReadonlyArray<string>): ReadonlyArray<string> => {
  const created = Number(fieldIn(fields, "created"))
  const spanOf = (text: string) => (Number(text) >= created ? `+${Number(text) - created}` : text)
  return fields.map((value, at) => {
    const name = at % 2 === 1 ? fields[at - 1] : undefined
    if (name === "timeline") return value.replace(/(^|;)(\d{13})(?= )/g, (_, end, time) => `${end}${spanOf(time)}`)
    if (name === undefined || !times.has(name)) return value
    if (value.startsWith("+")) return `+${value}`
    return /^\d{13}$/.test(value) ? spanOf(value) : value
  })
}

const withTimes = (fields: ReadonlyArray<string>): ReadonlyArray<string> => {
  const created = Number(fieldIn(fields, "created"))
  const timeOf = (span: string) => String(created + Number(span))
  return fields.map((value, at) => {
    const name = at % 2 === 1 ? fields[at - 1] : undefined
    if (name === "timeline") return value.replace(/(^|;)\+(\d+)(?= )/g, (_, end, span) => `${end}${timeOf(span)}`)
    if (name === undefined || !times.has(name) || !value.startsWith("+")) return value
    return value.startsWith("++") ? value.slice(1) : timeOf(value)
  })
}

const isFields = Schema.is(Schema.Array(Schema.String))
/** Most bytes of a record that is packed. */
export const mostBytes = 1_048_576

const sorted = (fields: ReadonlyArray<string>): ReadonlyArray<string> =>
  fields
    .flatMap((name, at) => (at % 2 === 0 ? [[name, fields[at + 1] ?? ""] as const] : []))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flat()

const replaced = <R>(
  fields: ReadonlyArray<string>,
  name: string,
  change: (value: string) => Effect.Effect<string, never, R>
) =>
  Effect.forEach(fields, (value, at) =>
    at % 2 === 1 && fields[at - 1] === name ? change(value) : Effect.succeed(value)
  )

/**
 * Packs the fields of a record, names and values in turn, as one sealed value. The receipt is opened first, because a
 * sealed text cannot be compressed. A receipt that cannot be opened stays as it is.
 */
export const packRecord = (sealer: Sealer["Service"], fields: ReadonlyArray<string>): Effect.Effect<Uint8Array> =>
  replaced(fields, "receipt", (text) => Effect.orElseSucceed(sealer.open(text), () => text)).pipe(
    Effect.map((opened) => {
      const text = Buffer.from(JSON.stringify(withSpans(sorted(opened))))
      const packed = deflateRawSync(text, { dictionary, level: 9, memLevel: 3, windowBits: 11 })
      return sealer.sealBytes(Buffer.concat([Buffer.of(packing), packed]))
    })
  )

/** Returns the fields of a packed record, names and values in turn, as they stood in its hash. */
export const unpackRecord = (
  sealer: Sealer["Service"],
  sealed: Uint8Array
): Effect.Effect<ReadonlyArray<string>, Unreadable> =>
  Effect.gen(function* () {
    const bytes = yield* sealer.openBytes(sealed)
    if (bytes[0] !== packing) return yield* new Unreadable({ reason: "packed in an unknown way" })
    const text = yield* Effect.try({
      try: () => inflateRawSync(bytes.subarray(1), { dictionary, maxOutputLength: mostBytes }).toString(),
      catch: () => new Unreadable({ reason: "not as it was packed" })
    })
    const fields = jsonIn(text)
    if (!isFields(fields)) return yield* new Unreadable({ reason: "not as it was packed" })
    return yield* replaced(withTimes(fields), "receipt", (value) =>
      Effect.sync(() => (value.startsWith("{") ? sealer.seal(value) : value))
    )
  })
