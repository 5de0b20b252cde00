import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Json } from "../../../src/domain/json.ts"
import { baseLayer } from "../../inbound/harness.ts"
import { idsOf } from "../items-of.ts"
import { at, channel, fromPage, fromPerson, withEntry, withMessaging } from "./samples.ts"

const delivery = (mids: ReadonlyArray<string>, watermark = at) =>
  withMessaging(fromPerson({ delivery: { mids, watermark } }))

const bodies: ReadonlyArray<readonly [name: string, body: Json]> = [
  ["a message", withMessaging(fromPerson({ message: { mid: "m_1", text: "a" } }))],
  ["its echo", withMessaging(fromPage({ text: "a" }))],
  ["an edit", withMessaging(fromPerson({ message_edit: { mid: "m_1", text: "b", num_edit: 1 } }))],
  ["a reaction", withMessaging(fromPerson({ reaction: { mid: "m_1", action: "react", emoji: "❤" } }))],
  ["its removal", withMessaging(fromPerson({ reaction: { mid: "m_1", action: "unreact" } }))],
  ["a read", withMessaging(fromPerson({ read: { watermark: at } }))],
  ["a delivery", delivery(["m_1"])],
  ["a delivery of two", delivery(["m_1", "m_2"])],
  ["a later delivery", delivery(["m_1"], at + 1)],
  ["a postback", withMessaging(fromPerson({ postback: { title: "t", payload: "p" } }))],
  ["a postback with an id", withMessaging(fromPerson({ postback: { mid: "m_1", title: "t", payload: "p" } }))],
  ["a comment", withEntry({ changes: [{ field: "feed", value: { item: "comment", verb: "add" } }] })]
]

describe("identity of Messenger events", () => {
  it.effect("G11 event ids distinguish everything that happens to one message", () =>
    Effect.gen(function* () {
      const bound = yield* channel
      const ids = (yield* Effect.forEach(bodies, ([, body]) => idsOf(bound, body))).flat()
      assert.strictEqual(new Set(ids).size, bodies.length)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G12 the ids of Messenger events equal fixed values, which change only with the rule", () =>
    Effect.gen(function* () {
      const bound = yield* channel
      const golden = yield* Effect.forEach(bodies, ([name, body]) =>
        Effect.map(idsOf(bound, body), (ids) => `${name}: ${ids.join(" ")}`)
      )
      assert.deepStrictEqual(golden, [
        "a message: evt_866425ce0d6794fc4acb3e59778c9314",
        "its echo: evt_a2dc7af601fbb44c2cb92f790a234005",
        "an edit: evt_b2c9e86f70cde35e28af02b6c4852b03",
        "a reaction: evt_a2d5daf60e9a1be1d492b9ce61cb7a5a",
        "its removal: evt_efc0e9e801435ea5726c583e9b6b2dc6",
        "a read: evt_a95ee2111f2a181b715bc0a2f9df22a2",
        "a delivery: evt_be2284bbefcaaa555b821345684b4aa0",
        "a delivery of two: evt_d4cea63e45c4911f10da5c96f13aa881",
        "a later delivery: evt_803d69e382c0254a4693536ec7083866",
        "a postback: evt_4f00cf5361610395c63bec31e933b6d7",
        "a postback with an id: evt_13293e0e02fbd33a6d79d3fc887224e9",
        "a comment: evt_0ca1bf0dcccdd3458cda0ac134390a2e"
      ])
    }).pipe(Effect.provide(baseLayer))
  )
})
