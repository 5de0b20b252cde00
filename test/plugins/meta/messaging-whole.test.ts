import { assert, describe, it } from "@effect/vitest"
import { decode as instagram } from "../../../plugins/instagram/inbound/decode.ts"
import { decode as messenger } from "../../../plugins/messenger/inbound/decode.ts"
import type { Decode } from "../../../src/connector/inbound.ts"
import type { Json } from "../../../src/domain/json.ts"
import { Personal } from "../../../src/domain/personal.ts"
import * as Instagram from "../instagram/samples.ts"
import * as Messenger from "../messenger/samples.ts"
import { mutations } from "../mutations.ts"

const samples: ReadonlyArray<readonly [name: string, decode: Decode, bodies: ReadonlyArray<Json>]> = [
  [
    "Instagram",
    instagram,
    [
      Instagram.withMessaging(Instagram.message({ text: "a", reply_to: { story: { id: "1" } } })),
      Instagram.withMessaging(
        Instagram.fromAccount({ message: { mid: "m_1", is_echo: true, text: "a", metadata: "m" } })
      ),
      Instagram.withMessaging(Instagram.fromPerson({ reaction: { mid: "m_1", action: "react" } })),
      Instagram.withMessaging(Instagram.fromPerson({ message_edit: { mid: "m_1", text: "a", num_edit: 1 } })),
      Instagram.withChange("comments", Instagram.comment),
      Instagram.withChange("mentions", { media_id: "1", comment_id: "2" }),
      Instagram.withEntry({ field: "live_comments", value: Instagram.comment }),
      Instagram.withEntry({ standby: [Instagram.message({ attachments: [{ type: "image" }] })] })
    ]
  ],
  [
    "Messenger",
    messenger,
    [
      Messenger.withMessaging(Messenger.fromPage({ text: "a", metadata: "m" })),
      Messenger.withMessaging(Messenger.fromPerson({ delivery: { mids: ["m_1"], watermark: 1 } })),
      Messenger.withMessaging(Messenger.fromPerson({ postback: { title: "t", payload: "p" } })),
      Messenger.withEntry({ changes: [{ field: "feed", value: { item: "comment", verb: "add" } }] })
    ]
  ]
]

describe.each(samples)("arbitrary items from %s", (_, decode, bodies) => {
  it("each sample with any one part replaced or removed still decodes to whole items", () => {
    const all = bodies.flatMap(mutations)
    assert.isAbove(all.length, 500)
    for (const body of all) {
      const items = decode(body)
      assert.isAbove(items.length, 0)
      for (const item of items) {
        if (item._tag === "Undecodable") continue
        assert.isAbove(item.providerAccount.length, 0)
        assert.isTrue(item.identity.every((part) => typeof part === "string"))
        assert.notStrictEqual(item.conversation, "")
        assert.match(item.type, /^(unknown|(message|echo|status|standby|account)\.[a-z_]{1,40})$/)
        assert.isTrue(item.occurredAt === undefined || Number.isSafeInteger(item.occurredAt))
        assert.isTrue(item.evidence === undefined || item.kind === "echo" || item.kind === "unknown")
      }
    }
  })

  it("every sample is kept whole", () => {
    for (const body of bodies) {
      const kept = decode(body).map((item) =>
        item._tag === "Event" ? JSON.stringify(Personal.open(item.personal).content) : assert.fail(item.reason)
      )
      for (const one of kept) assert.include(JSON.stringify(body), one)
    }
  })
})
