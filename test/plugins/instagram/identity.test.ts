import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Json } from "../../../src/domain/json.ts"
import { baseLayer } from "../../inbound/harness.ts"
import { idsOf } from "../items-of.ts"
import { channel, channelWith, raw } from "./channel.ts"
import {
  account,
  at,
  comment,
  fromAccount,
  fromPerson,
  message,
  person,
  withChange,
  withEntry,
  withMessaging
} from "./samples.ts"

const react = (more = {}) => fromPerson({ reaction: { mid: "m_1", action: "react", reaction: "love", ...more } })
const later = <A extends object>(item: A) => ({ ...item, timestamp: at + 60_000 })
const edit = (number: number | string) => fromPerson({ message_edit: { mid: "m_1", text: "b", num_edit: number } })

/** All that happens to one message: every one of them has its `mid`. */
const ofOneMessage: ReadonlyArray<readonly [name: string, body: Json]> = [
  ["a message", withMessaging(message({ text: "a" }))],
  ["its end", withMessaging(message({ is_deleted: true }))],
  ["its echo", withMessaging(fromAccount({ message: { mid: "m_1", text: "a", is_echo: true } }))],
  ["the end of its echo", withMessaging(fromAccount({ message: { mid: "m_1", is_echo: true, is_deleted: true } }))],
  ["an edit", withMessaging(edit(1))],
  ["another edit", withMessaging(edit(2))],
  ["a reaction", withMessaging(react())],
  ["its removal", withMessaging(later(react({ action: "unreact" })))],
  ["a removal at the time of the reaction", withMessaging(react({ action: "unreact" }))],
  ["a reaction again", withMessaging(later(react()))],
  ["a reaction of the account", withMessaging(fromAccount({ reaction: { mid: "m_1", action: "react" } }))],
  ["a postback", withMessaging(fromPerson({ postback: { mid: "m_1", title: "t", payload: "p" } }))],
  ["a read", withMessaging(fromPerson({ read: { mid: "m_1" } }))],
  ["a message of another app's conversation", withEntry({ standby: [message({ text: "a" })] })]
]

const others: ReadonlyArray<readonly [name: string, body: Json]> = [
  ["a comment", withChange("comments", comment)],
  ["an own comment", withChange("comments", { ...comment, id: "18000000000000009", from: { id: account } })],
  ["a mention", withChange("mentions", { media_id: "17900000000000001", comment_id: "18000000000000002" })],
  ["a referral", withMessaging(fromPerson({ referral: { ref: "r", source: "IGME", type: "OPEN_THREAD" } }))],
  ["insights", withChange("story_insights", { media_id: "1", reach: 4 })],
  ["what nobody knows", withMessaging(fromPerson({ hologram: {} }))]
]

const golden = Effect.fnUntraced(function* (bodies: typeof others) {
  const bound = yield* channel
  return yield* Effect.forEach(bodies, ([name, body]) =>
    Effect.map(idsOf(bound, body), (ids) => `${name}: ${ids.join(" ")}`)
  )
})

describe("identity of Instagram events", () => {
  it.effect("G11 event ids distinguish everything that happens to one message", () =>
    Effect.gen(function* () {
      const bound = yield* channel
      const ids = (yield* Effect.forEach(ofOneMessage, ([, body]) => idsOf(bound, body))).flat()
      assert.strictEqual(new Set(ids).size, ofOneMessage.length)
      const again = (yield* Effect.forEach(ofOneMessage, ([, body]) => idsOf(bound, structuredClone(body)))).flat()
      assert.deepStrictEqual(again, ids)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G11 an event id does not change with the entry's time or wrapping on redelivery", () =>
    Effect.gen(function* () {
      const bound = yield* channel
      for (const item of [message({ text: "a" }), react(), edit(1), fromPerson({ read: { mid: "m_1" } })]) {
        const id = yield* idsOf(bound, withMessaging(item))
        assert.deepStrictEqual(yield* idsOf(bound, withEntry({ messaging: [item], time: at + 9_999 })), id)
        assert.deepStrictEqual(yield* idsOf(bound, [withMessaging(item)]), id)
        assert.deepStrictEqual(yield* idsOf(bound, withEntry({ messaging: [item] }, "0")), id)
      }
      const flat = yield* idsOf(bound, withEntry({ field: "comments", value: comment }))
      assert.deepStrictEqual(flat, yield* idsOf(bound, withChange("comments", comment)))
      const { id, ...bare } = comment
      assert.deepStrictEqual(flat, yield* idsOf(bound, withChange("live_comments", { ...bare, comment_id: id })))
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G11 an event without a discriminator is weak: it is identified by content and entry time", () =>
    Effect.gen(function* () {
      const bound = yield* channel
      const bare = { sender: { id: person }, recipient: { id: account } }
      for (const item of [
        { ...bare, reaction: { mid: "m_1", action: "react" } },
        { ...bare, message_edit: { mid: "m_1", text: "b" } },
        { ...bare, postback: { title: "t", payload: "p" } },
        { ...bare, message: { text: "a" } }
      ]) {
        const body = withMessaging(item)
        assert.isTrue(bound.decode(body).every((one) => one._tag === "Event" && one.weakIdentity))
        assert.deepStrictEqual(yield* idsOf(bound, body), yield* idsOf(bound, structuredClone(body)))
        assert.notDeepEqual(yield* idsOf(bound, body), yield* idsOf(bound, withEntry({ messaging: [item], time: 1 })))
      }
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G12 event ids do not change with an account's alias or login", () =>
    Effect.gen(function* () {
      const shop = {
        ...raw.accounts["shop"],
        secrets: { accessToken: "another" },
        settings: { instagramAccountId: account }
      }
      const renamed = yield* channelWith({ ...raw, accounts: { renamed: shop } })
      const bound = yield* channel
      for (const [, body] of [...ofOneMessage, ...others]) {
        assert.deepStrictEqual(yield* idsOf(renamed, body), yield* idsOf(bound, body))
      }
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G12 the ids of Instagram events equal fixed values, which change only with the rule", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* golden([...ofOneMessage, ...others]), [
        "a message: evt_6297390da0483ee5e7123c92ac91dcef",
        "its end: evt_a0a732797a89d8161a538568936ab5be",
        "its echo: evt_b51e964297eeb3082376a1ed1eaf2648",
        "the end of its echo: evt_b453b06a946f72f95510ba4b391d1f31",
        "an edit: evt_433d83761b71cf87d48a2d3c248b5b1e",
        "another edit: evt_a6682c85ee7fbb5421740eef34cf947d",
        "a reaction: evt_6ee7548abfc513cfe2b66f9c3b9e9af2",
        "its removal: evt_6a1a5a9596f162f23a4e395f09e662db",
        "a removal at the time of the reaction: evt_818014d2f5fc45b34d49b8b033cc812c",
        "a reaction again: evt_a5890d086c7d06d56e4ad2c0a11d233c",
        "a reaction of the account: evt_817b48c0db54d62b985116eadaabfcd9",
        "a postback: evt_00faa3217fbc8ecedacdc682bb77ed6d",
        "a read: evt_a0603e3b15138daf62f687844f3d78e8",
        "a message of another app's conversation: evt_2ffd18099d5673f2ef61fba02c2836cf",
        "a comment: evt_0977ee7a5f413a3c6bb4dd7d770e36af",
        "an own comment: evt_5582eba4fd96053547cd359c94566fee",
        "a mention: evt_1f04fc1646a897e3d7fa2cd7433bbd74",
        "a referral: evt_85e32a21c6ea5282a9e603e72d555562",
        "insights: evt_2c16ba2e869c4f19e6c79d4c41704743",
        "what nobody knows: evt_bfb689db7d98212e31e75d04a3d6af04"
      ])
    }).pipe(Effect.provide(baseLayer))
  )
})
