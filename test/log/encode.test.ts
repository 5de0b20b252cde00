import { assert, describe, it } from "@effect/vitest"
import { ConnectorId, CorrelationId, EventId } from "../../src/domain/ids.ts"
import { encode } from "../../src/log/encode.ts"
import type { LogFields } from "../../src/log/line.ts"
import { pretty } from "../../src/log/pretty.ts"

const time = 1_790_000_000_123

const encoded = (fields: LogFields): Record<string, unknown> =>
  JSON.parse(encode({ time, level: "info", event: "internal", fields }))

/** Fields as a careless caller might pass them. */
const careless = (fields: Readonly<Record<string, unknown>>): LogFields => fields

describe("log line", () => {
  it("a log line is one JSON object with its fields in the order of the reference", () => {
    const fields: LogFields = {
      manifest: `sha256:${"0".repeat(64)}`,
      durationMs: 12.5,
      attempt: 1,
      certainty: "unknown",
      failureCode: "100/33",
      failureClass: "ProviderError",
      deduped: false,
      outcome: "in_doubt",
      connectorId: ConnectorId.make("whatsapp"),
      dedupeKey: EventId.make("evt_57d554de0ca1a2362673bf8a47260905"),
      correlationId: CorrelationId.make("cor_57d554de0ca1a2362673bf8a47260905")
    }
    assert.strictEqual(
      encode({ time, level: "warn", event: "intent.settled", release: "0123456789ab", fields }),
      '{"time":"2026-09-21T14:13:20.123Z","level":"warn","event":"intent.settled","release":"0123456789ab",' +
        '"correlationId":"cor_57d554de0ca1a2362673bf8a47260905","dedupeKey":"evt_57d554de0ca1a2362673bf8a47260905",' +
        '"connectorId":"whatsapp","outcome":"in_doubt","deduped":false,"failureClass":"ProviderError",' +
        '"failureCode":"100/33","certainty":"unknown","attempt":1,"durationMs":12.5,' +
        `"manifest":"sha256:${"0".repeat(64)}"}`
    )
  })

  it("a log line shows its own fields, whatever the line before it held", () => {
    const lines: ReadonlyArray<LogFields> = [
      { outcome: "admitted", deduped: false, durationMs: 1, eventType: "whatsapp.message.text" },
      { outcome: "deduped", deduped: true, durationMs: 1, eventType: "whatsapp.message.text" },
      { durationMs: 2, outcome: "deduped", state: "in_doubt", failureCode: "deduped" },
      { frames: ["a.ts:1"] },
      { frames: ["a.ts:2"], failureCode: "1", attempt: 1 },
      { failureCode: "a b", attempt: 0 },
      {}
    ]
    for (const fields of [...lines, ...lines.toReversed(), ...lines]) {
      const said = { ...fields, ...(fields.failureCode === "a b" ? { failureCode: "unprintable" } : {}) }
      const expected = { time: "2026-09-21T14:13:20.123Z", level: "info", event: "internal", ...said }
      assert.deepStrictEqual(encoded(fields), expected)
    }
  })

  it("a log line shows the checks of a boot completely", () => {
    const checks = [
      { name: "config", state: "ok" },
      { name: "secret:meta/app-secret", state: "failed", problem: 'it is "not" there', remedy: "put it there\n" }
    ] as const
    assert.deepStrictEqual(encoded({ checks })["checks"], checks)
  })

  it("I7 a log line holds no text in a field of codes and ids", () => {
    for (const text of ["two words", "{json}", "a@b.c", "+5511999999999", "line\nbreak", "x".repeat(81), "", "ação"]) {
      const line = encoded(
        careless({ failureCode: text, error: text, frames: [text, "a/b.ts:1"], eventType: text, accountId: text })
      )
      assert.deepStrictEqual(
        { ...line, time: undefined, level: undefined, event: undefined },
        {
          time: undefined,
          level: undefined,
          event: undefined,
          accountId: "unprintable",
          failureCode: "unprintable",
          eventType: "unprintable",
          error: "unprintable",
          frames: ["unprintable", "a/b.ts:1"]
        }
      )
    }
  })

  it("I7 a log line holds no field outside the schema, and no text in place of a number", () => {
    const line = encode({
      time,
      level: "info",
      event: "internal",
      fields: careless({ body: "canary", toString: "canary", attempt: "canary", durationMs: NaN, port: { canary: 1 } })
    })
    assert.notInclude(line, "canary")
    assert.deepInclude(JSON.parse(line), { attempt: "unprintable", durationMs: "unprintable", port: "unprintable" })
  })

  it("a log line is one readable line on a terminal", () => {
    const line = pretty({
      time,
      level: "error",
      event: "boot.refused",
      fields: {
        environment: "local",
        checks: [
          { name: "config", state: "ok" },
          { name: "store.stamp", state: "failed", problem: "another\nstamp", remedy: "fence it" }
        ]
      }
    })
    assert.strictEqual(
      line.replaceAll("\u001B", "").replace(/\[\d+m/g, ""),
      '14:13:20.123 error boot.refused environment=local checks=1 ok, "failed store.stamp; another\\nstamp; fence it"'
    )
    assert.include(line, "\u001B[31m")
  })
})
