import { assert, describe, expect, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { Diagnosis, diagnosisOf, type Findings } from "../../src/explain/diagnosis.ts"
import { explainEvent, explainExpiredEvent } from "../../src/explain/explain-event.ts"
import { explainIntent } from "../../src/explain/explain-intent.ts"
import { explainItem } from "../../src/explain/explain-item.ts"
import { diagnosisLines } from "../../src/explain/lines.ts"
import { shellLine } from "../../src/cli/explain.ts"
import { causes } from "../../src/explain/causes.ts"
import { IntentState } from "../../src/domain/intent.ts"
import { page, rowsOf, sectionOf, words } from "../house/markdown.ts"
import { eventCases, eventId, intentCases, itemCases, now } from "./facts.ts"

const print = shellLine({ url: "http://127.0.0.1:8080", keyFile: "key" }, "comporta")

const found = <Facts>(cases: Readonly<Record<string, Facts>>, explain: (facts: Facts) => Findings) =>
  Object.entries(cases).map(([name, facts]) => ({ name, findings: explain(facts) }))

const intents = found(intentCases, explainIntent)
const events = [
  ...found(eventCases, explainEvent),
  { name: "expired, only its mark", findings: explainExpiredEvent(eventId, now) }
]
const items = found(itemCases, explainItem)

/** Returns all cases as a person reads them, with their codes. */
const textOf = (cases: ReadonlyArray<{ readonly name: string; readonly findings: Findings }>) =>
  cases
    .map(({ name, findings }) => {
      const { consequence, duplicate, fault, retry, why } = findings
      const codes = [why.code, duplicate.code, retry.code, fault?.side ?? "-", consequence?.code ?? "-"].join(" | ")
      const lines = diagnosisLines(diagnosisOf(findings, ["read", "operate"]), print)
      return [`=== ${name}`, `[${codes}]`, ...lines, ""].join("\n")
    })
    .join("\n")

describe("explanations", () => {
  it("I9 each state of an intent with each class of failure has its explanation", async () => {
    assert.deepStrictEqual(
      [...new Set(intents.map(({ findings }) => findings.state))].toSorted(),
      IntentState.literals.toSorted()
    )
    await expect(textOf(intents)).toMatchFileSnapshot("golden/intents.txt")
  })

  it("each state of an event has its explanation", async () => {
    await expect(textOf(events)).toMatchFileSnapshot("golden/events.txt")
  })

  it("each reason of a quarantine has its explanation", async () => {
    await expect(textOf(items)).toMatchFileSnapshot("golden/items.txt")
  })

  it("each explanation fits the schema of the API, and leaves out its empty sections", () => {
    const isDiagnosis = Schema.is(Diagnosis)
    for (const { name, findings } of [...intents, ...events, ...items]) {
      const diagnosis = diagnosisOf(findings, ["read"])
      assert.isTrue(isDiagnosis(diagnosis), name)
      assert.notDeepEqual(diagnosis.next, [])
      assert.notDeepEqual(diagnosis.timeline, [])
      for (const step of diagnosis.next ?? []) assert.strictEqual(step.permitted, step.scope !== "operate", name)
    }
  })

  it("each failure code of the gateway that an intent can have is explained", () => {
    const errors = page("docs/reference/errors.md")
    const elsewhere = /^(at boot|in `\/readyz`|media|only in a pause|the connector failed)/
    const wanted = ["### InfraError", "### ProviderError"].flatMap((heading) =>
      rowsOf(sectionOf(errors, heading)).flatMap((row) =>
        row.slice(1).some((cell) => elsewhere.test(cell)) ? [] : words(row[0] ?? "")
      )
    )
    assert.isAbove(wanted.length, 30)
    assert.deepStrictEqual(
      wanted.filter((code) => !causes.has(code)),
      []
    )
  })

  it("I7 an explanation shows a code that may hold a number as other, and no step that it does not know", () => {
    const number = "5511987654321"
    const { id, record } = intentCases["failed, provider"] ?? {}
    assert.isDefined(id)
    if (id === undefined || record === undefined || record === "expired") return
    const failure = { ...record.failure, class: "ProviderError", code: number, certainty: "not_applied" } as const
    const findings = explainIntent({
      id,
      now,
      record: {
        ...record,
        receipt: { messageId: `wamid.${number}` },
        failure: { ...failure, transient: false, detail: "the provider refused" },
        timeline: [
          { at: now, attempt: 1, what: `status:${number}` },
          { at: now, attempt: 1, what: number }
        ]
      }
    })
    assert.notInclude(JSON.stringify(diagnosisOf(findings, [])), number)
    assert.strictEqual(findings.fault?.code, "other")
    assert.deepStrictEqual(
      findings.timeline.map(({ what }) => what),
      ["status:other", "other"]
    )
  })

  it("a printed step quotes each word for the shell", () => {
    const line = shellLine({ url: "http://a:1/", keyFile: "my key's" }, "comporta")
    const [resolve] = explainIntent(intentCases["in doubt, final"] ?? intentCases["failed, infra"] ?? never()).next
    assert.isDefined(resolve)
    if (resolve === undefined) return
    assert.include(
      line({ ...resolve, permitted: true }),
      `--key-file 'my key'\\''s' --verdict sent --reason 'checked: `
    )
  })
})

const never = () => assert.fail("the case exists")
