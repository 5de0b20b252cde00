import { assert, describe, it } from "@effect/vitest"
import { decode as decodeMessenger } from "../../../plugins/messenger/inbound/decode.ts"
import { decode } from "../../../plugins/instagram/inbound/decode.ts"
import type { Json, JsonObject } from "../../../src/domain/json.ts"
import { readerOf } from "../opened.ts"
import { linked } from "./channel.ts"
import { account, comment, fromAccount, fromPerson, person, withChange, withEntry, withMessaging } from "./samples.ts"

const ours = new Set([account, linked])
const { only } = readerOf((body) => decode(body, (id) => ours.has(id)))
const strange = "45202218377435"
const under = (entry: string, item: Json) => withEntry({ messaging: [item] }, entry)
const sides = (body: Json) => {
  const { providerAccount, conversation, kind } = only(body)
  return { providerAccount, conversation, kind }
}

/** What a person does, and the account as well. */
const doings: ReadonlyArray<readonly [name: string, more: JsonObject]> = [
  ["a message", { message: { mid: "m_1", text: "a" } }],
  ["a postback", { postback: { mid: "m_1", title: "t", payload: "p" } }],
  ["a reaction", { reaction: { mid: "m_1", action: "react", emoji: "x" } }],
  ["an edit", { message_edit: { mid: "m_1", text: "b", num_edit: 1 } }]
]

describe("account of an item", () => {
  it.each(doings)("the account is the configured side, when the entry is neither: %s", (_, more) => {
    const own = { providerAccount: account, conversation: person, kind: "echo" } as const
    assert.deepStrictEqual(sides(under(strange, fromAccount(more))), own)
    assert.deepStrictEqual(sides(under(strange, { ...fromAccount(more), is_self: true })), own)
    assert.deepStrictEqual(sides(under(strange, fromPerson(more))), { ...own, kind: "message" })
    assert.deepStrictEqual(sides(withMessaging(fromAccount(more))), own)
    assert.deepStrictEqual(sides(withMessaging(fromPerson(more))), { ...own, kind: "message" })
  })

  it("the account is the entry when neither side is configured", () => {
    const item = { ...fromAccount({ message: { mid: "m_1", text: "a", is_echo: true } }), sender: { id: strange } }
    assert.deepStrictEqual(sides(withMessaging(item)), {
      providerAccount: account,
      conversation: person,
      kind: "echo"
    })
  })

  it("the account is the entry when two configured accounts write to each other", () => {
    const item = { ...fromAccount({ message: { mid: "m_1", text: "a" } }), recipient: { id: linked } }
    assert.deepStrictEqual(sides(under(linked, item)), {
      providerAccount: linked,
      conversation: account,
      kind: "message"
    })
    assert.deepStrictEqual(sides(under(account, item)), {
      providerAccount: account,
      conversation: linked,
      kind: "echo"
    })
  })

  it.each(["is_self", "is_echo"])("the account is the author when %s marks the item or its content", (mark) => {
    for (const [member, what] of doings.flatMap(([, more]) => Object.entries(more))) {
      const marked = [
        { ...fromAccount({ [member]: what }), [mark]: true },
        fromAccount({ [member]: { ...Object(what), [mark]: true } })
      ]
      for (const item of marked) {
        const body = { object: "instagram", entry: [{ id: "0", messaging: [item] }] }
        for (const decoded of [decode(body), decodeMessenger(body)]) {
          const [event] = decoded
          assert.deepInclude(event, { kind: "echo", providerAccount: account, conversation: person })
        }
      }
    }
  })

  it("the account of a comment is its author when the entry is not configured", () => {
    const body = withEntry({ changes: [{ field: "comments", value: { ...comment, from: { id: account } } }] }, strange)
    assert.deepInclude(only(body), { providerAccount: account, kind: "echo" })
    const other = withChange("comments", { ...comment, from: { id: linked } })
    assert.deepInclude(only(other), { providerAccount: account, kind: "message" })
  })

  it("the account follows the position in the item when nothing is configured", () => {
    const elsewhere = readerOf(decode).only(under(strange, fromPerson({ message: { mid: "m_1", text: "a" } })))
    assert.deepInclude(elsewhere, { providerAccount: account, kind: "message", conversation: person })
  })
})
