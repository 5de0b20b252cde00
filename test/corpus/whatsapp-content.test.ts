import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { listOf, objectOf } from "../../plugins/meta/read-json.ts"
import { contentSchema } from "../../plugins/whatsapp/events.ts"
import type { Json } from "../../src/domain/json.ts"
import { opened } from "../plugins/whatsapp/decoded.ts"
import { corpus, published } from "./published.ts"

const samples = ["whatsapp-inbound", "whatsapp-status", "whatsapp-account-events"].flatMap((folder) =>
  published(folder)
)

/** Lists whose items are events of their own. */
const lists = ["messages", "statuses", "message_echoes", "calls", "user_preferences", "groups", "history"]

/** What each change holds that must reach the runtime: the items of its lists, or its whole value. */
const wantedIn = (body: Json): ReadonlyArray<Json> =>
  (listOf(objectOf(body)?.["entry"]) ?? []).flatMap((entry) =>
    (listOf(objectOf(entry)?.["changes"]) ?? []).flatMap((change) => {
      const value = objectOf(change)?.["value"] ?? null
      const items = lists.flatMap((name) => listOf(objectOf(value)?.[name]) ?? [])
      return items.length === 0 ? [value] : items
    })
  )

describe.skipIf(corpus === undefined)("content of the published WhatsApp payloads", () => {
  it.each(samples)("the published payload $name decodes whole, and matches the schema of its type", ({ body }) => {
    const events = opened(body)
    assert.deepStrictEqual(
      events.map(({ personal }) => personal.content),
      [...wantedIn(body)]
    )
    for (const { type, kind, personal } of events) {
      assert.notStrictEqual(kind, "unknown")
      const decoded = Schema.decodeUnknownResult(contentSchema(type))(personal.content)
      if (Result.isFailure(decoded)) assert.fail(`${type}: ${decoded.failure.message}`)
    }
  })
})

it.runIf(corpus === undefined)("the test has no published payloads to compare with schemas here", () => {
  console.log("COMPORTA_CORPUS is not set: the published payloads were not compared with the types of events")
})
