import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { packRecord, unpackRecord } from "../../../layers/redis/intent-ledger/archive-codec.ts"
import { plain } from "../../../layers/node-crypto/sealer.ts"
import { Sealer } from "../../../src/secrets/sealer.ts"
import { testSealer } from "../../contracts/intent-ledger/sealer.ts"

const created = 1_796_074_000_123

const fieldsOf = (members: Readonly<Record<string, string>>): ReadonlyArray<string> => Object.entries(members).flat()

/** The fields of a message that was sent and read, as its hash holds them. */
const typical = (receipt: string) =>
  fieldsOf({
    state: "sent",
    attempt: "1",
    token: "8f14e45fceea167a5a36dedd4bea2543",
    created: `${created}`,
    claimed: `${created}`,
    deadline: `${created + 60_000}`,
    settled: `${created + 412}`,
    verdict: "sent",
    connector: "whatsapp",
    account: "support",
    capability: "whatsapp.text",
    protection: "verified",
    v: "1",
    correlation: `cor_${"c9f0f895fb98ab9159f51fd0297e236d"}`,
    content: "45c48cce2e2d7fbdea1afc51c7c6ad26",
    receipt,
    proven: "1",
    delivery: "read",
    timeline: `${created} 1 claimed;${created + 412} 1 sent;${created + 1_300} 1 status:sent;${created + 90_000} 1 status:read;`
  })

const membersOf = (fields: ReadonlyArray<string>) =>
  Object.fromEntries(fields.flatMap((name, at) => (at % 2 === 0 ? [[name, fields[at + 1] ?? ""]] : [])))

const odd = {
  "a record without a time of its creation": { state: "failed", claimed: `${created}`, timeline: "1 1 failed;" },
  "times before the creation, and texts that look like spans": {
    created: `${created}`,
    claimed: `${created - 5}`,
    settled: "+5",
    "of-tomorrow": "+17",
    timeline: `${created - 1} 1 claimed;x 2 +9;`
  },
  "fields of a later release, in any letters": { created: "1", naïve: "olá \u{1F511} \u0000 \\n", "": "" },
  "an empty receipt": { state: "sent", receipt: "" },
  "a receipt that was sealed with another key": { state: "sent", receipt: "1:00000000:AAAA" }
}

/** A packed record as the first release with an archive writes it, in the clear. It must be readable for ever. */
const golden =
  "AAG10jsOwjAMANC7cILYsZN45B4sjj8zEmLk7qgLompV1IEzvPet+3jel+L/BSY2GmaBgd5zeihoGoN1a+rYdsFNsuQQzilDpwBLMqQXlB5Ym29ClE6lLJfOzNjNsBrzc8b1dnmtAxDgiQAE+AkAdTtAjqFHAgVxWoRC68pam4c7zVBkqgcR3g=="

describe("packed records", () => {
  it.effect("a typical record takes less than 200 bytes, and unpacks to the same fields", () =>
    Effect.gen(function* () {
      const sealer = yield* Sealer
      const receipt = '{"messageId":"wamid.HBgNNTUxMTk5OTk5OTk5ORUCABEYEjQ1QzQ4Q0NFMkUyRDdGQkRFQQA="}'
      const packed = yield* packRecord(sealer, typical(sealer.seal(receipt)))
      assert.isBelow(packed.length, 200)
      const { receipt: sealed = "", ...members } = membersOf(yield* unpackRecord(sealer, packed))
      const { receipt: _, ...expected } = membersOf(typical(""))
      assert.deepStrictEqual(members, expected)
      assert.strictEqual(yield* sealer.open(sealed), receipt)
      assert.notInclude(Buffer.from(packed).toString("latin1"), "wamid")
    }).pipe(Effect.provide(testSealer))
  )

  for (const [name, members] of Object.entries(odd)) {
    it.effect(`the codec keeps ${name} exactly`, () =>
      Effect.gen(function* () {
        const sealer = yield* Sealer
        const unpacked = yield* unpackRecord(sealer, yield* packRecord(sealer, fieldsOf(members)))
        assert.deepStrictEqual(membersOf(unpacked), members)
      }).pipe(Effect.provide(testSealer))
    )
  }

  it.effect("the codec reads a record that the first release with an archive has written", () =>
    Effect.gen(function* () {
      const sealer = yield* Sealer
      const unpacked = yield* unpackRecord(sealer, Buffer.from(golden, "base64"))
      assert.deepStrictEqual(membersOf(unpacked), membersOf(typical('0:{"messageId":"wamid.A"}')))
    }).pipe(Effect.provide(plain))
  )

  it.effect("the codec refuses bytes of another form, and reports them as unreadable", () =>
    Effect.gen(function* () {
      const sealer = yield* Sealer
      for (const bytes of [Buffer.of(9, 1, 2), Buffer.of(1, 255, 255, 255), Buffer.alloc(0)]) {
        assert.strictEqual((yield* Effect.flip(unpackRecord(sealer, sealer.sealBytes(bytes))))._tag, "Unreadable")
      }
    }).pipe(Effect.provide(plain))
  )
})
