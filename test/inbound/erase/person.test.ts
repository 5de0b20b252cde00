import { assert, describe, it } from "@effect/vitest"
import { personOf } from "../../../src/inbound/erase/person.ts"

const wamid = (number: string) => `wamid.${Buffer.from(`\u001d\t\u0018\r${number}\u0015\u0002x`).toString("base64")}`
const named = (person: string, text: string) => personOf(person)?.isNamedIn(text)

describe("person", () => {
  it.each(["+55 11 98765-0042", "5511987650042", "+55 (11) 98765.0042", "551187650042", " +5511987650042\n"])(
    "G14 the person given as %s is found in every spelling of the number in a text",
    (person) => {
      for (const text of [
        '{"from":"5511987650042"}',
        '{"wa_id":"551187650042"}',
        '{"to":"+5511987650042"}',
        "call me: +55 11 98765-0042, please",
        `{"id":"${wamid("5511987650042")}"}`,
        `{"id":"${wamid("551187650042")}"}`,
        `=${Buffer.from("ab5511987650042").toString("base64")}=`
      ]) {
        assert.isTrue(named(person, text), text)
      }
    }
  )

  it("a person does not match the ids of another person", () => {
    for (const text of ['"5511987650043"', '"15511987650042"', '"55119876500421"', wamid("15511987650042"), "{}", ""]) {
      assert.isFalse(named("+55 11 98765-0042", text), text)
    }
    assert.isFalse(named("BR.40999000000000042077", "BR.409990000000000420771"))
    assert.isFalse(named("17841400000000001", '"117841400000000001"'))
  })

  it("a person is found by a provider's own id", () => {
    assert.isTrue(named("BR.40999000000000042077", '{"user_id":"BR.40999000000000042077"}'))
    assert.isTrue(named("17841400000000001", '{"sender":{"id":"17841400000000001"}}'))
    assert.isTrue(named("5213312345678", '"523312345678"'))
  })

  it.each(["", "  ", "55", "+1 2", "Silva", "12345", "a b c 123456", "{}", "0".repeat(33)])(
    "%j is rejected as a person, because it would match others too",
    (text) => assert.isUndefined(personOf(text))
  )
})
