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
    '"abandoned;resolved:sent;resolved:not_sent;forgotten;echo;read_back;released;status:other;status:played;"',
    '"accepted","lane","cnv_","judged","1","refused","1","contradicted","reported","failed","in_doubt"',
    '"failure","{\\"class\\":\\"ProviderError\\",\\"code\\":\\"131026\\",\\"certainty\\":\\"not_applied\\",',
    '\\"transient\\":false,\\"detail\\":\\"","idempotent","unprotected","messenger.text","instagram.text"',
    '["account","main","attempt","1","capability","whatsapp.template","claimed","1764536400000","connector","whatsapp",',
    '"content","0123456789abcdef","correlation","cor_","created","17645","deadline","17645","delivery","read","proven","1",',
    '"protection","verified","receipt","{\\"messageId\\":\\"wamid.HBgNNTUxMTk5OTk5OTk5ORUCABEYE","settled","17645",',
    '"state","sent","timeline","17645 1 claimed;17645 1 sent; 1 status:sent; 1 status:delivered; 1 status:read;",',
    '"token","","v","1","verdict","sent"]'
  ].join("")
)

const isFields = Schema.is(Schema.Array(Schema.String))
const mostBytes = 1_048_576

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
      const text = Buffer.from(JSON.stringify(sorted(opened)))
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
    return yield* replaced(fields, "receipt", (value) =>
      Effect.sync(() => (value.startsWith("{") ? sealer.seal(value) : value))
    )
  })
