import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { handshake } from "../../../plugins/meta/authentication.ts"
import { digest } from "../digest.ts"

const tokens = [Redacted.make("the token"), Redacted.make("the token before it")]
const answer = (query: string, secrets = tokens) => handshake(new URLSearchParams(query), secrets, digest)
const refused = { _tag: "Refused" } as const

describe("handshake", () => {
  it("the handshake returns the challenge unchanged, for the current and the previous token", () => {
    const query = "hub.mode=subscribe&hub.challenge=0012%3Ca%3E&hub.verify_token=the+token"
    assert.deepStrictEqual(answer(query), { _tag: "Accepted", body: "0012<a>" })
    assert.deepStrictEqual(answer(`${query}+before+it`), { _tag: "Accepted", body: "0012<a>" })
  })

  it("the handshake reads parameter names with underscores", () => {
    const query = "hub_mode=subscribe&hub_challenge=77&hub_verify_token=the+token"
    assert.deepStrictEqual(answer(query), { _tag: "Accepted", body: "77" })
  })

  it.each([
    ["a wrong token", "hub.mode=subscribe&hub.challenge=1&hub.verify_token=other"],
    ["the beginning of the token", "hub.mode=subscribe&hub.challenge=1&hub.verify_token=the"],
    ["no token", "hub.mode=subscribe&hub.challenge=1"],
    ["an empty token", "hub.mode=subscribe&hub.challenge=1&hub.verify_token="],
    ["another mode", "hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=the+token"],
    ["no mode", "hub.challenge=1&hub.verify_token=the+token"],
    ["no challenge", "hub.mode=subscribe&hub.verify_token=the+token"],
    ["nothing", ""]
  ])("the handshake rejects %s", (_, query) => {
    assert.deepStrictEqual(answer(query), refused)
  })

  it("the handshake rejects every token when our own is empty or missing", () => {
    const query = "hub.mode=subscribe&hub.challenge=1&hub.verify_token="
    assert.deepStrictEqual(answer(query, [Redacted.make("")]), refused)
    assert.deepStrictEqual(answer(query, []), refused)
  })
})
