import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { layer } from "../../../layers/node-crypto/id-hash.ts"
import { ConversationId, CorrelationId, EventId, IntentId, QuarantineId } from "../../../src/domain/ids.ts"
import { atOnce, pieceBytes } from "../../../src/domain/pieces.ts"
import { IdHash } from "../../../src/secrets/id-hash.ts"
import { onePieceAtATime } from "../../support/one-piece-at-a-time.ts"

const pepper = Redacted.make("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
const parts = ["whatsapp", "106540352242922", "wamid.HBgN", "message"]

const hashing = <A>(use: (hash: IdHash["Service"]) => A, under = pepper) =>
  IdHash.useSync(use).pipe(Effect.provide(layer(under)))

describe("keyed hashes of external ids", () => {
  it.effect("G12 the keyed hashes have these fixed values, whose change would change every identity", () =>
    Effect.gen(function* () {
      const ids = yield* hashing((hash) => [
        hash.event(parts),
        hash.intent(parts),
        hash.conversation(parts),
        hash.quarantine(parts),
        hash.opaque(parts),
        hash.event(["ação", '"quoted"'])
      ])
      assert.deepStrictEqual<ReadonlyArray<string>>(ids, [
        "evt_57d554de0ca1a2362673bf8a47260905",
        "int_5130993ea4fb8efa2a54a8ae067e70fd",
        "cnv_3355c333b045920b6f27a56d2e30f1a6",
        "qua_4fffd28434cfc341bb0588a45d77990f",
        "7f300a82169830e833c335ea220fd2db",
        "evt_de04b3c495bccfddd799765b2ac700db"
      ])
    })
  )

  it.effect("G12 a body has the id of its text, however many pieces it is hashed in", () =>
    hashing((hash) => {
      const every = Uint8Array.from({ length: 3 * pieceBytes + 1 }, (_, at) => (at * 7 + (at >> 8)) % 256)
      for (const body of [new Uint8Array(0), every.subarray(0, 1), every.subarray(0, pieceBytes), every]) {
        const text = new TextDecoder("windows-1252").decode(body)
        assert.strictEqual(atOnce(hash.quarantineBody(["a", "body"], body)), hash.quarantine(["a", "body", text]))
      }
    })
  )

  it.effect("G50 a piece of hashing reads its own bytes of a body of 3 MiB, and no others", () =>
    hashing((hash) => {
      const body = new TextEncoder().encode('{"a":"é"},'.repeat(286_000))
      const { result, count } = onePieceAtATime(body, (visible) => hash.quarantineBody(["a", "body"], visible))
      assert.strictEqual(result, atOnce(hash.quarantineBody(["a", "body"], body)))
      assert.strictEqual(count, Math.ceil(body.length / pieceBytes))
    })
  )

  it.effect("the keyed hashes match the schemas of their ids", () =>
    hashing((hash) => {
      assert.isTrue(Schema.is(EventId)(hash.event(parts)))
      assert.isTrue(Schema.is(IntentId)(hash.intent(parts)))
      assert.isTrue(Schema.is(ConversationId)(hash.conversation(parts)))
      assert.isTrue(Schema.is(QuarantineId)(hash.quarantine(parts)))
      assert.isTrue(Schema.is(CorrelationId)(hash.correlation()))
      assert.match(hash.opaque(parts), /^[0-9a-f]{32}$/)
    })
  )

  it.effect("the keyed hashes distinguish where one part ends and the next begins", () =>
    hashing((hash) => {
      const different = [["ab", "c"], ["a", "bc"], ["abc"], ["a", "b", "c"], ['a","b', "c"], ["abc", ""], [], [""]]
      assert.strictEqual(new Set(different.map(hash.opaque)).size, different.length)
    })
  )

  it.effect("the keyed hashes distinguish lone surrogates that text encodings would merge", () =>
    hashing((hash) => assert.notStrictEqual(hash.opaque(["\uD800"]), hash.opaque(["\uD801"])))
  )

  it.effect("G14 the keyed hashes depend on the pepper and show nothing of the id", () =>
    Effect.gen(function* () {
      const other = Redacted.make(Buffer.alloc(32, 7).toString("base64"))
      const one = yield* hashing((hash) => hash.opaque(["5511999999999"]))
      const two = yield* hashing((hash) => hash.opaque(["5511999999999"]), other)
      assert.notStrictEqual(one, two)
      assert.notInclude(one, "5511999999999")
      assert.notInclude(Buffer.from(one, "base64").toString("latin1"), "5511999999999")
    })
  )

  it.effect("the correlation ids never repeat", () =>
    hashing((hash) => {
      const ids = Array.from({ length: 2_000 }, hash.correlation)
      assert.strictEqual(new Set(ids).size, ids.length)
    })
  )

  it.effect("the keyed hashes refuse a pepper that is not base64 of 32 bytes, without showing it", () =>
    Effect.gen(function* () {
      for (const wrong of [
        "",
        "hunter2",
        Buffer.alloc(31).toString("base64"),
        Buffer.alloc(33).toString("base64"),
        "x".repeat(44)
      ]) {
        const error = yield* hashing((hash) => hash.opaque(parts), Redacted.make(wrong)).pipe(Effect.flip)
        assert.strictEqual(error._tag, "BadKey")
        assert.strictEqual(error.message, "pepper: expected base64 of 32 bytes")
      }
    })
  )
})
