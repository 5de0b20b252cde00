import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { renderHtml } from "../../src/gate/render/html.ts"
import { renderJson, verdictJsonSchema } from "../../src/gate/render/json.ts"
import { renderMarkdown } from "../../src/gate/render/markdown.ts"
import { renderTable, wrapText } from "../../src/gate/render/table.ts"
import { GateVerdict } from "../../src/gate/verdict.ts"
import type { Language } from "../../src/gate/words.ts"
import { rowsOf } from "../house/markdown.ts"
import { changed, genuine, judge, read, situation } from "./genuine.ts"

const languages: ReadonlyArray<Language> = ["en", "pt"]
const failed = judge({ recorded: changed("1.1.2", (one) => ({ ...one, result: "fail" })) })
const waits = judge({ recorded: changed("2.2.1", (one) => ({ ...one, result: "begun" })) })
const rehearsal = judge({
  situation: { ...situation, environment: "local" },
  recorded: genuine.map((one) => read({ ...one, environment: "local" }))
})
const verdicts = [judge(), failed, waits, rehearsal, judge({ recorded: [] })]

describe("table of a verdict", () => {
  it.each([40, 80, 120])("no line is wider than %s characters", (width) => {
    for (const verdict of verdicts) {
      for (const language of languages) {
        const lines = renderTable(verdict, { language, width }).split("\n")
        assert.deepStrictEqual(
          lines.filter((line) => line.length > width),
          []
        )
      }
    }
  })

  it("a width that is too narrow to read is 40", () => {
    const widest = Math.max(
      ...renderTable(failed, { language: "en", width: 3 })
        .split("\n")
        .map((line) => line.length)
    )
    assert.isAtMost(widest, 40)
    assert.isAbove(widest, 30)
  })

  it("every row begins with the mark of its state, so that no colour is needed", () => {
    const lines = renderTable(failed, { language: "en", width: 500 }).split("\n")
    for (const { row, state, text } of failed.rows) {
      const mark = state === "GO" ? "[ok]" : "[XX]"
      assert.isTrue(lines.includes(`${mark} ${row} ${text.en}`), row)
    }
    assert.notInclude(lines.join("\n"), "\u001b")
    assert.include(renderTable(waits, { language: "en", width: 500 }), "[??] 2.2.1")
    assert.include(renderTable(rehearsal, { language: "en", width: 500 }), "[..] 1.1.1")
  })

  it("a row that is not GO says its cause, its sentence and the command that clears it, in both languages", () => {
    const [en, pt] = languages.map((language) => renderTable(failed, { language, width: 500 }))
    for (const part of ["NO-GO (failed): the last result is a failure", "Cleared by: `comporta drill boot`"]) {
      assert.include(en, part)
    }
    for (const part of ["NO-GO (falhou): o último resultado é uma falha", "Resolve-se com: `comporta drill boot`"]) {
      assert.include(pt, part)
    }
    assert.match(en ?? "", /\nNO-GO \(GO \d+, NO-GO 2\)\n$/)
  })

  it("a text is broken at spaces, and a word that is longer than the line is cut", () => {
    assert.deepStrictEqual(wrapText("one two  three", 7), ["one two", "three"])
    assert.deepStrictEqual(wrapText("a bcdefghij k", 4), ["a", "bcde", "fghi", "j k"])
    assert.deepStrictEqual(wrapText("", 4), [])
  })
})

describe("JSON of a verdict", () => {
  it("the JSON decodes to the same verdict, and its schema requires each member", () => {
    const decode = Schema.decodeUnknownResult(GateVerdict, { onExcessProperty: "error" })
    for (const verdict of verdicts) {
      assert.deepStrictEqual(Result.getOrUndefined(decode(JSON.parse(renderJson(verdict)))), verdict)
    }
    const { schema } = verdictJsonSchema()
    for (const name of Object.keys(failed)) assert.include(JSON.stringify(schema["required"]), `"${name}"`)
  })
})

describe("Markdown of a verdict", () => {
  it("the table has one row of five cells for each row of the verdict", () => {
    for (const verdict of verdicts) {
      for (const language of languages) {
        const text = renderMarkdown(verdict, language)
        const cells = rowsOf({ path: "verdict", text })
        assert.deepStrictEqual(
          cells.map(([id]) => id),
          verdict.rows.map(({ row }) => row)
        )
        for (const row of cells) assert.lengthOf(row, 5)
      }
    }
  })

  it("a rehearsal says so above its table", () => {
    assert.include(renderMarkdown(rehearsal, "en"), "**This is a rehearsal in local.")
    assert.notInclude(renderMarkdown(failed, "en"), "rehearsal")
  })
})

describe("page of a verdict", () => {
  it("the page needs no script, no other file and no address", () => {
    for (const verdict of verdicts) {
      for (const language of languages) {
        const page = renderHtml(verdict, language)
        assert.notMatch(page, /<script|<link|<img|<iframe|\bsrc=|\bhref=|url\(|@import|https?:\/\//)
        assert.include(page, `<html lang="${language === "pt" ? "pt-BR" : "en"}">`)
        assert.lengthOf(page.match(/<tr><td>/g) ?? [], verdict.rows.length)
      }
    }
  })

  it("a text of the verdict is shown as text, and not read as HTML", () => {
    const [first = assert.fail("no row"), ...others] = failed.rows
    const said = { en: `<script>alert("x")</script> & 'y'`, pt: "" }
    const page = renderHtml({ ...failed, deployment: "<b>", rows: [{ ...first, said }, ...others] }, "en")
    assert.include(page, "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;")
    assert.include(page, "<dd>&lt;b&gt;</dd>")
    assert.notInclude(page, "<script")
  })
})
