import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { EventId, isEventId } from "../../src/domain/ids.ts"

const digits = "0123456789abcdef".repeat(2)

describe("event id", () => {
  for (const text of [
    `evt_${digits}`,
    `xevt_${digits}`,
    `evt_${digits}0`,
    `evt_${digits.slice(1)}`,
    `evt_${digits}\n`,
    `EVT_${digits}`,
    `evt_${digits.toUpperCase()}`,
    `qua_${digits}`
  ]) {
    it(`the fast check of an event id agrees with its schema: ${JSON.stringify(text)}`, () => {
      assert.strictEqual(isEventId(text), text === `evt_${digits}`)
      assert.strictEqual(Schema.is(EventId)(text), isEventId(text))
    })
  }
})
