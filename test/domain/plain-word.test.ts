import { assert, describe, it } from "@effect/vitest"
import { mayHoldNumber, plainWord, shownMember } from "../../src/domain/shown.ts"
import { number } from "../support/canaries.ts"

const base64 = Buffer.from(number).toString("base64url")
const hex = Buffer.from(number).toString("hex")

describe("I7 external words", () => {
  it.each([
    "131056",
    "100/33",
    "10/2018300",
    "http_503",
    "ECONNREFUSED",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "paused_auth"
  ])("a code is shown as it is: %s", (word) => assert.strictEqual(plainWord(word), word))

  it.each([number, `+${number}`, base64, `x${base64}`, hex, "Ana Maria", "ana@example.com", "", "98765004"])(
    "a word that may be a person is shown as `other`: %s",
    (word) => assert.strictEqual(plainWord(word), "other")
  )

  it("a text with a number in plain text, base64 or hex may hold a phone number", () => {
    for (const text of [number, "+55 11 98765-0042", base64, `abc${base64}`, hex])
      assert.isTrue(mayHoldNumber(text), text)
    for (const text of ["2018300", "AbCdEfGhIjKlMnOpQrStUv", "trace"]) assert.isFalse(mayHoldNumber(text), text)
  })
})

describe("I7 JSON member names in mistakes", () => {
  it("a member name that a schema may have is shown", () => {
    for (const name of ["to", "preview_url", "phoneNumberId", "acount", 3])
      assert.strictEqual(shownMember(name), String(name))
  })

  it("a member name that may be a person or content is shown by its length alone", () => {
    for (const name of [number, base64, hex, "Ana Maria", "ana@example.com", "canaria_zebedeu_77", "x".repeat(41)]) {
      assert.strictEqual(shownMember(name), `(a name of ${name.length} characters)`)
    }
  })
})
