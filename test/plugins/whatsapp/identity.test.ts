import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Json, JsonObject } from "../../../src/domain/json.ts"
import { baseLayer } from "../../inbound/harness.ts"
import { idsOf } from "../items-of.ts"
import { channel } from "./channel.ts"
import { calls, errorsAlone, fieldOfTomorrow, groupCreated } from "./samples/account-events.ts"
import { revokeEcho, withEchoes } from "./samples/echoes.ts"
import { text, withMessages } from "./samples/messages.ts"
import { inGroup, sent, withStatuses } from "./samples/statuses.ts"

const about = (id: string, more: JsonObject) => withMessages([{ ...text, id, ...more }])

/** What happens to one message; each has an id of its own, as the provider gives it. */
const items: ReadonlyArray<readonly [name: string, body: Json]> = [
  ["a reaction", about("wamid.r1", { type: "reaction", reaction: { message_id: "wamid.sample-1", emoji: "👍" } })],
  ["its removal", about("wamid.r2", { type: "reaction", reaction: { message_id: "wamid.sample-1", emoji: "" } })],
  ["an edit", about("wamid.e1", { type: "edit", edit: { original_message_id: "wamid.sample-1" } })],
  ["a revoke", about("wamid.v1", { type: "revoke", revoke: { original_message_id: "wamid.sample-1" } })],
  ["a revoke from the app", withEchoes([revokeEcho])],
  ["a status", withStatuses([{ ...sent, status: "delivered" }])],
  ["a status of a participant", withStatuses([{ ...inGroup, recipient_participant_id: "15550102031" }])],
  ["a call", calls],
  ["a group", groupCreated],
  ["errors alone", errorsAlone],
  ["a field of tomorrow", fieldOfTomorrow],
  ["a message without an id", withMessages([{ from: "15550102030", timestamp: "1780000000", type: "text" }])]
]

describe("identity of WhatsApp events", () => {
  it.effect("G12 the ids of WhatsApp events equal fixed values, which change only with the rule", () =>
    Effect.gen(function* () {
      const bound = yield* channel
      const ids = yield* Effect.forEach(items, ([name, body]) =>
        Effect.map(idsOf(bound, body), (found) => `${name}: ${found.join(" ")}`)
      )
      assert.deepStrictEqual(ids, [
        "a reaction: evt_9f2da877aef79c7ceae001bebe9abc52",
        "its removal: evt_0ba5fa687b58bf4249edc8ff098a0050",
        "an edit: evt_4241c5a881ef201333b443932d048d35",
        "a revoke: evt_24f5f0ca793577c991feb22041ec9ee8",
        "a revoke from the app: evt_38e2d6cf72ef324c8b79622563dd4244",
        "a status: evt_06c84d7b133ce3b007f54637bc2d4fa6",
        "a status of a participant: evt_31d560264e2027d06afaf009a6185c31",
        "a call: evt_78b889a83d983fe6fec493a557b944ba evt_437273db8f408da1a8f6a919a918b54f",
        "a group: evt_5972eb10702c1cd17dba427e032ad97b",
        "errors alone: evt_d79ccc03657194598e70ce63f7a4e02c",
        "a field of tomorrow: evt_6c23818ae115e5a62cc63d688a7d1923",
        "a message without an id: evt_1397714a73f75166e93c49cccd687fbe"
      ])
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G11 each event has an id of its own, which redelivery with other members does not change", () =>
    Effect.gen(function* () {
      const bound = yield* channel
      const ids = (yield* Effect.forEach(items, ([, body]) => idsOf(bound, body))).flat()
      assert.strictEqual(new Set(ids).size, ids.length)
      const [first] = yield* idsOf(bound, withStatuses([sent]))
      const again = [
        withStatuses([{ ...sent, timestamp: "1780009999" }]),
        withStatuses([{ ...sent, recipient_id: "15550109999", pricing: { billable: false } }])
      ]
      for (const body of again) assert.deepStrictEqual(yield* idsOf(bound, body), [first])
    }).pipe(Effect.provide(baseLayer))
  )
})
