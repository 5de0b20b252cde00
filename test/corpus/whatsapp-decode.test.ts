import { readFileSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { decode } from "../../plugins/whatsapp/inbound/decode.ts"
import type { EventKind } from "../../src/domain/event.ts"

// @effect-diagnostics-next-line processEnv:off
const corpus = process.env["COMPORTA_CORPUS"]

/** What each folder of the corpus may hold; echoes are filed with the messages. */
const folders: ReadonlyArray<readonly [folder: string, kinds: ReadonlyArray<EventKind>]> = [
  ["whatsapp-inbound", ["message", "echo"]],
  ["whatsapp-status", ["status"]],
  ["whatsapp-account-events", ["account"]]
]

const files = (folder: string) =>
  corpus === undefined ? [] : readdirSync(join(corpus, folder)).map((name) => join(corpus, folder, name))

describe.skipIf(corpus === undefined)("published WhatsApp payloads", () => {
  const published = folders.flatMap(([folder, kinds]) => files(folder).map((file) => ({ file, kinds })))

  it.each(published)("the published payload $file decodes whole", ({ file, kinds }) => {
    const items = decode(JSON.parse(readFileSync(file, "utf8")))
    assert.isAbove(items.length, 0)
    for (const item of items) {
      if (item._tag === "Undecodable") assert.fail(item.reason)
      assert.include(kinds, item.kind)
    }
  })
})

it.runIf(corpus === undefined)("the test has no published payloads to decode here", () => {
  console.log("COMPORTA_CORPUS is not set: the published payloads were not decoded")
})
