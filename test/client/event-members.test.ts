import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import type { RuntimeEvent } from "../../src/client/event.ts"

type Members = RuntimeEvent["data"] extends infer Data ? (Data extends unknown ? keyof Data : never) : never

/** Every member that the client's type knows: the compiler refuses one that is missing here, and one too many. */
const typed: Readonly<Record<Members, true>> = {
  eventId: true,
  correlationId: true,
  connector: true,
  account: true,
  conversation: true,
  providerId: true,
  kind: true,
  replayOf: true,
  redriven: true,
  from: true,
  content: true,
  contact: true,
  contacts: true,
  errors: true
}

describe("client event type", () => {
  it("the event type has every member that the reference lists", () => {
    const page = readFileSync(resolve(import.meta.dirname, "../../docs/reference/events.md"), "utf8")
    const listed = Array.from(page.matchAll(/^\| `data\.(\w+)` \|/gm), ([, name = ""]) => name)
    assert.sameMembers(listed, Object.keys(typed))
  })
})
