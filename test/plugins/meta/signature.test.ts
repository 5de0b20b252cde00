import { createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { verify } from "../../../plugins/meta/authentication.ts"
import { digest } from "../digest.ts"

const utf8 = new TextEncoder()
const current = Redacted.make("the current secret")
const previous = Redacted.make("the secret before it")
const body = utf8.encode('{"text":"caf\\u00e9 \\/ 1"}')
const hexOf = (secret: Redacted.Redacted<string>, bytes: Uint8Array = body) =>
  createHmac("sha256", Redacted.value(secret)).update(bytes).digest("hex")
const verified = (header: string | ReadonlyArray<string> | undefined, bytes: Uint8Array = body) =>
  verify({ headers: { "x-hub-signature-256": header }, body: bytes }, [current, previous], digest)

describe("webhook signature", () => {
  it("the verification names the signing secret, current or previous", () => {
    assert.strictEqual(verified(`sha256=${hexOf(current)}`), 0)
    assert.strictEqual(verified(`sha256=${hexOf(previous)}`), 1)
  })

  it("a signature is valid for its exact bytes and no others", () => {
    const signature = `sha256=${hexOf(current)}`
    assert.strictEqual(verified(signature, utf8.encode('{"text":"café / 1"}')), -1)
    assert.strictEqual(verified(signature, utf8.encode("")), -1)
    assert.strictEqual(verified(`sha256=${hexOf(current, utf8.encode(""))}`, utf8.encode("")), 0)
  })

  it("a signature is rejected when its secret is not ours, and when we have none", () => {
    assert.strictEqual(verified(`sha256=${hexOf(Redacted.make("another"))}`), -1)
    const signed = { headers: { "x-hub-signature-256": `sha256=${hexOf(current)}` }, body }
    assert.strictEqual(verify(signed, [], digest), -1)
  })

  it.each([
    ["absent", undefined],
    ["given twice", [`sha256=${hexOf(current)}`, `sha256=${hexOf(current)}`]],
    ["empty", ""],
    ["bare", hexOf(current)],
    ["of another scheme", `sha1=${hexOf(current)}`],
    ["written in capitals", `sha256=${hexOf(current).toUpperCase()}`],
    ["with a capital scheme", `SHA256=${hexOf(current)}`],
    ["one digit short", `sha256=${hexOf(current).slice(1)}`],
    ["one digit long", `sha256=${hexOf(current)}0`],
    ["followed by a space", `sha256=${hexOf(current)} `],
    ["of no hex digits", `sha256=${"g".repeat(64)}`],
    ["of wide digits", `sha256=${"０".repeat(64)}`]
  ])("a signature is rejected when its header is %s", (_, header) => {
    assert.strictEqual(verified(header), -1)
  })

  it("a signature in the legacy header is not read", () => {
    const legacy = createHmac("sha1", Redacted.value(current)).update(body).digest("hex")
    assert.strictEqual(verify({ headers: { "x-hub-signature": `sha1=${legacy}` }, body }, [current], digest), -1)
  })
})
