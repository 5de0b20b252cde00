import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import { Personal } from "../../../src/domain/personal.ts"
import { decode } from "../../../plugins/whatsapp/inbound/decode.ts"
import type { Json } from "../../../src/domain/json.ts"
import { mutations, odd } from "../mutations.ts"
import { opened, reasons } from "./decoded.ts"
import { calls, preferences } from "./samples/account-events.ts"
import { textEcho, withEchoes } from "./samples/echoes.ts"
import { contact, everyType, text, withMessages } from "./samples/messages.ts"
import { inGroup, sent, withStatuses } from "./samples/statuses.ts"
import { businessAccountId, messagesChange, webhook } from "./samples/webhook.ts"

describe("malformed WhatsApp webhooks", () => {
  // A table row that is an array would be spread over the arguments.
  const bodies: ReadonlyArray<Json> = [
    null,
    7,
    "text",
    true,
    [],
    {},
    { entry: null },
    { entry: {} },
    { entry: [] },
    [webhook()]
  ]
  it.each(bodies.map((body) => ({ body })))("the body $body decodes to one quarantined item", ({ body }) => {
    assert.deepStrictEqual(reasons(body), ["the body lists no entries"])
  })

  it("a malformed item is quarantined in its place, and never its siblings", () => {
    const entries = [
      "no entry",
      { id: businessAccountId },
      { id: businessAccountId, changes: [null, { field: "messages", value: 7 }, messagesChange({ messages: "none" })] },
      { id: businessAccountId, changes: [messagesChange({ messages: [text, 7, null, [], text] })] },
      {
        id: businessAccountId,
        changes: [
          { field: "calls", value: { calls: [7] } },
          { field: "flows", value: [] }
        ]
      }
    ]
    assert.deepStrictEqual(reasons({ entry: entries }), [
      "an entry is not an object",
      "an entry lists no changes",
      "a change is not an object",
      "the value of a change is not an object",
      "the items of a change are not a list",
      "message.text",
      "a message is not an object",
      "a message is not an object",
      "a message is not an object",
      "message.text",
      "an item of a change is not an object",
      "the value of a change is not an object"
    ])
  })

  it("a quarantined item keeps its value and account, and shows nothing of its content", () => {
    const [item] = decode(withMessages(["a canary"]))
    if (item?._tag !== "Undecodable") return assert.fail("expected a quarantined item")
    assert.strictEqual(Personal.open(item.item), "a canary")
    assert.strictEqual(item.providerAccount, "200000000000001")
    assert.notInclude(JSON.stringify(item), "canary")
  })

  it("a change without a known field or value is kept as unknown", () => {
    assert.deepStrictEqual(reasons(webhook({ value: { a: 1 } }, { field: "messages", value: {} })), [
      "unknown",
      "unknown"
    ])
  })

  it("the decoder handles members with the names of object members", () => {
    const body: Json = JSON.parse(
      '{"__proto__":{"entry":[]},"entry":[{"__proto__":{"id":"x"},"changes":[{"field":"messages","constructor":1,' +
        '"value":{"__proto__":{"messages":[]},"hasOwnProperty":1,"messages":[{"__proto__":{"id":"x"},"id":"y"}]}}]}]}'
    )
    assert.deepStrictEqual(
      opened(body).map(({ identity }) => identity),
      [["message", "y"]]
    )
  })

  it("the decoder decodes a thousand changes of a thousand people at once", () => {
    const many = Array.from({ length: 1000 }, (_, index) => ({ ...text, id: `wamid.${index}`, from: String(index) }))
    const contacts = many.map(({ from }) => ({ wa_id: from, user_id: `BR.${from}` }))
    const events = opened(
      webhook(messagesChange({ contacts, messages: many }), ...many.map(() => messagesChange(sent)))
    )
    assert.strictEqual(events.length, 2000)
    assert.strictEqual(events[999]?.conversation, "999")
  })
})

const samples: ReadonlyArray<Json> = [
  withMessages(everyType, { contacts: [contact], errors: [{ code: 1 }] }),
  withStatuses([sent, inGroup]),
  withEchoes([textEcho]),
  calls,
  preferences
]

const assertComplete = (body: Json) => {
  const items = decode(body)
  assert.isAbove(items.length, 0)
  for (const item of items) {
    if (item._tag === "Undecodable") continue
    assert.isAbove(item.providerAccount.length, 0)
    assert.isTrue(item.identity.every((part) => typeof part === "string"))
    assert.notStrictEqual(item.conversation, "")
    assert.match(item.type, /^(unknown|(message|echo|status|account)\.[a-z_]{1,40})$/)
    assert.isTrue(item.occurredAt === undefined || Number.isSafeInteger(item.occurredAt))
  }
}

describe("arbitrary WhatsApp items", () => {
  it("each sample with any one part replaced or removed still decodes to whole items", () => {
    const bodies = samples.flatMap(mutations)
    assert.isAbove(bodies.length, 3000)
    for (const body of bodies) assertComplete(body)
  })

  const leaf = Arbitrary.map(
    Arbitrary.array(Arbitrary.Constant(0), { maxLength: odd.length - 1 }),
    ({ length }): Json => odd[length] ?? null
  )
  const keys = ["id", "field", "value", "messages", "statuses", "contacts", "type", "from", "timestamp", "changes"]
  const grown = (inner: Arbitrary.Arbitrary<Json>): Arbitrary.Arbitrary<Json> =>
    Arbitrary.map(Arbitrary.array(inner, { maxLength: 10 }), (members): Json => {
      if (members.length % 3 === 0) return members
      return Object.fromEntries(members.map((member, index) => [keys[(index * 7 + members.length) % 10] ?? "", member]))
    })
  const entry = grown(grown(grown(grown(grown(leaf)))))

  it.effect.prop("arbitrary entries decode without a throw", [entry], ([body]) =>
    Effect.sync(() => {
      assertComplete({ entry: [body] })
      assertComplete({ entry: [{ changes: [{ field: "messages", value: { messages: [body], statuses: [body] } }] }] })
      assertComplete(body)
    })
  )
})
