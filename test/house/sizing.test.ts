import { assert, describe, it } from "@effect/vitest"
import { loadOf } from "../../src/boot/load-model.ts"
import { bytesPerDay, formatBytes, memoryNeeded, memoryShares, volumeOf } from "../../src/boot/memory-model.ts"
import { retentionDefaults } from "../../src/config/store-schema.ts"
import { fullAt } from "../../src/inbound/event-log/retention.ts"
import { page, rowsOf, sectionOf } from "./markdown.ts"

const guide = page("docs/guide/sizing.md")
const rows = (heading: string) => rowsOf(sectionOf(guide, heading))
const planOf = (messages: number) => ({ volume: volumeOf(messages), retention: retentionDefaults, sealed: true })
const whole = (count: number) => Math.ceil(count).toLocaleString("en-US")

describe("guide to sizing", () => {
  it("the guide has the values of the model for each number of messages a day", () => {
    const numbers = [1_000, 10_000, 86_400, 1_000_000, 10_000_000]
    assert.deepStrictEqual(
      rows("## Messages a day").map(([first = "", ...rest]) => [first.split(" ")[0], ...rest]),
      numbers.map((messages) => {
        const memory = memoryNeeded(planOf(messages))
        const { replicas, connections } = loadOf(volumeOf(messages))
        const { store, provider, runtime } = connections
        const counts = [replicas, store, provider, runtime].map(String)
        return [whole(messages), formatBytes(memory), formatBytes(memory / fullAt), ...counts]
      })
    )
  })

  it("the guide has the values of the model for each kind of entry at one message a second", () => {
    assert.deepStrictEqual(
      rows("## What each thing takes"),
      memoryShares(planOf(86_400)).map(({ kind, bytesEach, perDay, days, bytes, setting }) => [
        kind,
        String(bytesEach),
        whole(perDay),
        String(Math.round(days * 100) / 100),
        formatBytes(bytes),
        setting === undefined ? "" : `\`store.retention.${setting}\``
      ])
    )
  })

  it("the guide has the values of the model for one more day of each retention", () => {
    assert.deepStrictEqual(
      rows("## What a retention costs"),
      Object.entries(bytesPerDay(planOf(86_400))).map(([setting, bytes]) => [
        `\`store.retention.${setting}\``,
        formatBytes(bytes)
      ])
    )
  })
})
