import * as Digest from "effect/crypto/Digest"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ConfiguredChannel } from "../../src/gate/policy/configured.ts"
import { channelRows } from "../../src/gate/policy/channel-rows.ts"
import type { Manifest } from "../../src/release/manifest.ts"
import { channelsOf, variantOfAccount } from "../../src/readiness/configured-channels.ts"
import { sourceDigest } from "../../src/readiness/running-code.ts"
import { sectionDigests, sectionsOf } from "../../src/readiness/sections.ts"
import { type Change, configured, connectors, world } from "./configuration.ts"

const digest = (digit: string) => `sha256:${digit.repeat(64)}` as const

const manifest: Manifest = {
  v: 1,
  version: "1.2.3",
  node: { version: "26.0.0", platform: "linux-x64", digest: digest("1") },
  files: {},
  components: { core: digest("2"), "connector:whatsapp": digest("3"), "connector:instagram": digest("4") },
  inert: []
}

const channels = (...changes: ReadonlyArray<Change>) =>
  Effect.gen(function* () {
    const configuration = yield* configured(...changes)
    const digests = yield* sectionDigests(sectionsOf({ ...configuration, world }))
    return channelsOf({ ...configuration, digests, manifest })
  }).pipe(Effect.provide(Digest.layerWebCrypto))

describe("configured channels", () => {
  it.effect("G40 there is one channel for each variant that an account has", () =>
    Effect.gen(function* () {
      const found = yield* channels()
      assert.deepStrictEqual(
        found.map(({ connector, variant, code }) => [connector, variant, code]),
        [
          ["whatsapp", "default", digest("3")],
          ["instagram", "facebook-login", digest("4")],
          ["instagram", "instagram-login", digest("4")]
        ]
      )
      assert.deepStrictEqual(Schema.decodeUnknownSync(Schema.Array(ConfiguredChannel))(found), found)
    })
  )

  it.effect("the configured capabilities, and no others, have the acknowledgement that their connector declares", () =>
    Effect.gen(function* () {
      const [whatsapp, instagram] = yield* channels()
      assert.deepStrictEqual(whatsapp?.capabilities, [
        { id: "text", acknowledged: "delivered" },
        { id: "mark_read", acknowledged: "accepted" }
      ])
      assert.deepStrictEqual(instagram?.capabilities, [
        { id: "text", acknowledged: "echo" },
        { id: "comment_reply", acknowledged: "readBack" },
        { id: "mark_seen", acknowledged: "accepted" }
      ])
      assert.deepStrictEqual([whatsapp?.media, instagram?.media], [["up", "down"], []])
    })
  )

  it.effect(
    "another version of the API changes the section of its connector, and an account of a known variant changes nothing",
    () =>
      Effect.gen(function* () {
        const before = yield* channels()
        const [versioned, instagram] = yield* channels([
          "  whatsapp:\n    graph: { version: v25.0 }",
          "  whatsapp:\n    graph: { version: v24.0 }"
        ])
        assert.notStrictEqual(versioned?.section, before[0]?.section)
        assert.strictEqual(instagram?.section, before[1]?.section)
        const more = yield* channels([
          "      shop:",
          '      more: { instagramAccountId: "17841400000002", secrets: { accessToken: more/token } }\n      shop:'
        ])
        assert.deepStrictEqual(more, before)
      })
  )

  it.effect("a run from source has a code that no build record names", () =>
    Effect.gen(function* () {
      const configuration = yield* configured()
      const digests = { "connector:whatsapp": digest("5") }
      assert.deepStrictEqual(
        channelsOf({ ...configuration, digests }).map(({ code, section }) => [code, section]),
        [[sourceDigest, digest("5")]]
      )
    })
  )

  it.effect("the variant of an account is found by its alias, also of one that only events carry", () =>
    Effect.gen(function* () {
      const variantOf = variantOfAccount(yield* configured())
      assert.strictEqual(variantOf("instagram", "shop"), "instagram-login")
      assert.strictEqual(variantOf("instagram", "page"), "facebook-login")
      assert.strictEqual(variantOf("whatsapp", "support-canary"), "default")
      assert.strictEqual(variantOf("whatsapp", "business-1065403522"), "default")
      assert.isUndefined(variantOf("instagram", "gone"))
      assert.isUndefined(variantOf("messenger", "shop"))
    })
  )

  it("G40 every capability of a built-in connector declares an acknowledgement that the policy accepts", () => {
    for (const { id, capabilities, media } of connectors) {
      const channel = {
        connector: id,
        variant: "default",
        code: digest("6"),
        section: digest("7"),
        capabilities: capabilities.map((one) => ({
          id: one.id,
          ...(one.acknowledged === undefined ? {} : { acknowledged: one.acknowledged })
        })),
        media
      }
      const refused = channelRows([channel]).filter(
        ({ judge, capability }) => capability !== undefined && judge !== "recorded"
      )
      assert.deepStrictEqual(refused, [], id)
    }
  })
})
