import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { canonicalJson, type JsonObject } from "../../src/domain/json.ts"
import { parseJson } from "../../src/domain/parse-json.ts"
import { eventBody } from "../../src/inbound/runtime/runtime.ts"
import { wholeRecord } from "../../src/inbound/event-log/event-log.ts"
import { normalizeItem } from "../../src/inbound/admit/normalize.ts"
import { parseResponse } from "../../src/inbound/runtime/response.ts"
import { decodeEvent } from "../../src/inbound/event-log/event-codec.ts"
import { IdHash } from "../../src/secrets/id-hash.ts"
import { Sealer } from "../../src/secrets/sealer.ts"
import { everyAccount } from "../fakes/channel.ts"
import { answered } from "../fakes/provider-http.ts"
import { baseLayer } from "../inbound/harness.ts"
import { capabilityOf, issuesOf, performed } from "./bound.ts"
import { channel as instagram } from "./instagram/channel.ts"
import { comment, fromPerson, withChange, withMessaging } from "./instagram/samples.ts"
import { channel as whatsapp } from "./whatsapp/channel.ts"
import { templateApproved } from "./whatsapp/samples/account-events.ts"

const big = ["15550000000000001", "15550000000000000", "15550000000000003"] as const

/** The body with each of the numbers in the place of `9100`, as its bytes would say it. */
const forms = (body: unknown) => big.map((number) => parseJson(JSON.stringify(body).replace(/9100/, number)))

const pushed = Effect.fnUntraced(function* (channel: Effect.Success<typeof whatsapp>, body: JsonObject) {
  const tools = { hash: yield* IdHash, sealer: yield* Sealer, partitions: 8, now: 0 }
  return yield* Effect.forEach(forms(body), (form) =>
    Effect.gen(function* () {
      const [decoded] = channel.decode(form)
      if (decoded === undefined) return assert.fail("nothing came")
      const { entry } = normalizeItem(tools, channel, decoded, everyAccount(channel))
      const event = yield* decodeEvent(tools.sealer, wholeRecord(entry))
      return { id: event.eventId, conversation: event.conversation, body: eventBody(event) }
    })
  )
})

describe("numbers beyond double precision", () => {
  it.effect("G11 a number beyond double precision distinguishes events, and is delivered with all its digits", () =>
    Effect.gen(function* () {
      const templates = yield* pushed(yield* whatsapp, templateApproved)
      const comments = yield* pushed(yield* instagram, Object(withChange("comments", { ...comment, id: 9100 })))
      const reactions = yield* pushed(yield* instagram, Object(withMessaging(fromPerson({ hologram: [{ id: 9100 }] }))))
      for (const events of [templates, comments, reactions]) {
        assert.strictEqual(new Set(events.map(({ id }) => id)).size, 3)
        for (const [at, { body }] of events.entries()) assert.match(body, new RegExp(`:${big[at]}[,}]`))
      }
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a number beyond double precision distinguishes persons", () =>
    Effect.gen(function* () {
      const item = { ...fromPerson({ message: { mid: "m_1", text: "a" } }), sender: { id: 9100 } }
      const events = yield* pushed(yield* instagram, Object(withMessaging(item)))
      assert.strictEqual(new Set(events.map(({ conversation }) => conversation)).size, 3)
      assert.deepStrictEqual(
        events.map(({ body }) => JSON.parse(body).data.from),
        [...big]
      )
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G12 a number that a double holds gives the same event id in every notation", () =>
    Effect.gen(function* () {
      const channel = yield* whatsapp
      const tools = { hash: yield* IdHash, sealer: yield* Sealer, partitions: 8, now: 0 }
      const ids = ["9100", "9100.0", "91e2"].flatMap((number) =>
        channel
          .decode(parseJson(JSON.stringify(templateApproved).replace("9100", number)))
          .map((decoded) => normalizeItem(tools, channel, decoded, everyAccount(channel)).key)
      )
      assert.deepStrictEqual(new Set<string>(ids), new Set(["evt_d35182bdbc768564d11f59da895c10e7"]))
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a number is sent digit by digit where the provider validates it, and as a double where we do", () =>
    Effect.gen(function* () {
      const channel = yield* whatsapp
      const accepted = answered(200, { messages: [{ id: "wamid.1" }] })
      const input = parseJson(
        `{"type":"product","body":{"text":"a"},"action":{"catalog_id":"1","deep":[{"id":${big[0]}}]}}`
      )
      const { body } = yield* performed(
        capabilityOf(channel, "support", "interactive"),
        input,
        "+15550001111",
        accepted
      )
      assert.include(canonicalJson(body), `{"id":${big[0]}}`)
      const place = parseJson('{"latitude":-23.56141499999999876543,"longitude":-46.65}')
      const location = capabilityOf(channel, "support", "location")
      assert.deepStrictEqual(issuesOf(location, place, "+15550001111"), [])
      const sent = yield* performed(location, place, "+15550001111", accepted)
      assert.deepStrictEqual(sent.body["location"], { latitude: -23.561415, longitude: -46.65 })
      const wrong = parseJson(`{"latitude":1,"longitude":2,"name":${big[0]}}`)
      assert.deepStrictEqual(issuesOf(location, wrong, "+15550001111"), ["input.name"])
    })
  )

  it.effect("a receipt keeps all digits of a number", () =>
    Effect.gen(function* () {
      const capability = capabilityOf(yield* instagram, "shop", "comment_reply")
      const { receipt } = yield* performed(capability, { message: "a" }, "1800", answered(200, `{"id":${big[0]}}`))
      assert.deepStrictEqual(receipt, { messageId: big[0] })
    })
  )

  it("a number in a runtime's response keeps all its digits", () => {
    const answer = `{"intents":[{"key":"k","account":"a","capability":"c","input":{"id":${big[0]},"all":[{"id":${big[2]}}]}}]}`
    const { success } = Object(parseResponse(answer))
    assert.strictEqual(JSON.stringify({ intents: success }), answer)
  })
})
