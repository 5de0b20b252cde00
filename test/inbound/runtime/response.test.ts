import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { AccountId } from "../../../src/domain/ids.ts"
import { maxAnswer, maxIntentsInResponse, parseResponse } from "../../../src/inbound/runtime/response.ts"

const intent = {
  key: "hello",
  account: AccountId.make("support"),
  capability: "text",
  to: "+15550001111",
  input: { body: "hi" }
}
const read = (value: unknown) => parseResponse(typeof value === "string" ? value : JSON.stringify(value))
const many = (count: number) => Array.from({ length: count }, (_, n) => ({ ...intent, key: `k-${n}` }))

describe("response of the runtime", () => {
  it.each([
    ["nothing", ""],
    ["white space", " \n"],
    ["text", "OK"],
    ["HTML", "<html>"],
    ["a long page", "x".repeat(2 * maxAnswer)],
    ["JSON of its own", { ok: true }],
    ["much JSON of its own", { ok: "x".repeat(2 * maxAnswer) }],
    ["a JSON string", '"done"'],
    ["a JSON number", "1"],
    ["a JSON list", [{ intents: [] }]],
    ["null", "null"],
    ["a byte order mark", "\uFEFF"],
    ["JSON of its own behind a byte order mark", `\uFEFF${JSON.stringify({ ok: true })}`],
    ["an object that is cut off and names no intents", '{"ok":tr'],
    ["no intents", { intents: [] }]
  ])("a response of %s acknowledges and carries no intents", (_, body) => {
    assert.deepStrictEqual(read(body), Result.succeed([]))
  })

  it("a response carries intents, with other members that the runtime adds beside them", () => {
    const { to: _, ...bare } = { ...intent, key: "second" }
    assert.deepStrictEqual(read({ intents: [intent, bare], ok: 1 }), Result.succeed([intent, bare]))
    assert.deepStrictEqual(read({ intents: many(maxIntentsInResponse) }), Result.succeed(many(maxIntentsInResponse)))
    assert.deepStrictEqual(read(`\uFEFF ${JSON.stringify({ intents: [intent] })}`), Result.succeed([intent]))
  })

  it.each([
    ["JSON that is cut off", '{"intents":[{"key":'],
    ["intents that are no list", { intents: intent }],
    ["null for intents", { intents: null }],
    ["an intent without a key", { intents: [{ ...intent, key: undefined }] }],
    ["an empty key", { intents: [{ ...intent, key: "" }] }],
    ["a key of blanks", { intents: [{ ...intent, key: "  " }] }],
    ["a key of 256 characters", { intents: [{ ...intent, key: "k".repeat(256) }] }],
    ["a key beyond ASCII", { intents: [{ ...intent, key: "é" }] }],
    ["the same key twice", { intents: [intent, { ...intent, to: "+1" }] }],
    ["an account that cannot be one", { intents: [{ ...intent, account: "a b" }] }],
    ["a capability with its connector", { intents: [{ ...intent, capability: "whatsapp.text" }] }],
    ["input that is no object", { intents: [{ ...intent, input: "hi" }] }],
    ["a member that is not known", { intents: [{ ...intent, text: "hi" }] }],
    ["too many", { intents: many(maxIntentsInResponse + 1) }]
  ])("I2 a response with %s does not count as an acknowledgement", (_, body) => {
    assert.deepStrictEqual(read(body), Result.fail("answer_malformed"))
  })

  it("I2 a response that is too large does not count as an acknowledgement", () => {
    assert.deepStrictEqual(read({ intents: [], more: "x".repeat(maxAnswer) }), Result.fail("answer_too_large"))
  })
})
