import { assert, describe, it } from "@effect/vitest"
import { mayHoldNumber, plainWord, shownMember } from "../../src/domain/plain-word.ts"
import { number } from "../support/canaries.ts"

const base64 = Buffer.from(number).toString("base64url")
const hex = Buffer.from(number).toString("hex")

describe("I7 a word from outside", () => {
  it.each([
    "131056",
    "100/33",
    "10/2018300",
    "http_503",
    "ECONNREFUSED",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "paused_auth"
  ])("is shown where it is a code: %s", (word) => assert.strictEqual(plainWord(word), word))

  it.each([number, `+${number}`, base64, `x${base64}`, hex, "Ana Maria", "ana@example.com", "", "98765004"])(
    "is `other` where it may be a person: %s",
    (word) => assert.strictEqual(plainWord(word), "other")
  )

  it("may hold a number where one stands in it, in base64 from any place, or in hex", () => {
    for (const text of [number, "+55 11 98765-0042", base64, `abc${base64}`, hex])
      assert.isTrue(mayHoldNumber(text), text)
    for (const text of ["2018300", "AbCdEfGhIjKlMnOpQrStUv", "trace"]) assert.isFalse(mayHoldNumber(text), text)
  })
})

describe("I7 the name of a JSON member in a mistake", () => {
  it("is shown where a schema may have it", () => {
    for (const name of ["to", "preview_url", "phoneNumberId", "acount", 3])
      assert.strictEqual(shownMember(name), String(name))
  })

  it("is told by its length alone where it may be a person or content", () => {
    for (const name of [number, base64, hex, "Ana Maria", "ana@example.com", "canaria_zebedeu_77", "x".repeat(41)]) {
      assert.strictEqual(shownMember(name), `(a name of ${name.length} characters)`)
    }
  })
})
