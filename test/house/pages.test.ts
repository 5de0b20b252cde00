import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { instagram } from "../../plugins/instagram/index.ts"
import { messenger } from "../../plugins/messenger/index.ts"
import { whatsapp } from "../../plugins/whatsapp/index.ts"
import { readText } from "../config/files.ts"
import { blocksOf, brokenLinksOf, page, pages } from "./markdown.ts"

const connectors = [whatsapp, instagram, messenger]

const examples = () => pages().flatMap((one) => blocksOf(one, "yaml").map((text) => ({ path: one.path, text })))

describe("pages", () => {
  it("every link of a page leads to a file and heading that exist", () => {
    const all = pages()
    assert.isAbove(all.length, 25)
    assert.deepStrictEqual(all.flatMap(brokenLinksOf), [])
  })

  it("a link to a missing file or heading is found", () => {
    const text = "[a](no.md) [b](README.md#nowhere) [c](https://example.com) [d](README.md#two-commands)"
    assert.lengthOf(brokenLinksOf({ path: "docs.md", text }), 2)
  })

  it("every page is named in the index of its folder", () => {
    const indexed = ["docs/guide", "docs/reference", "docs/decisions"].flatMap((folder) => {
      const { text } = page(`${folder}/README.md`)
      return pages().flatMap(({ path }) => {
        const name = path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : "README.md"
        return name === "README.md" || text.includes(`(${name}`) ? [] : [path]
      })
    })
    assert.deepStrictEqual(indexed, [])
  })

  for (const { path, text } of examples()) {
    it.effect(`every configuration of a page is valid: ${path}, ${text.split("\n")[0]}`, () =>
      Effect.gen(function* () {
        // A part of a file is read as one for `local`.
        const { config } = yield* readText(text.includes("environment:") ? text : `environment: local\n${text}`)
        for (const [id, raw] of Object.entries(config.connectors)) {
          const connector = connectors.find((one) => one.id === id) ?? assert.fail(`no connector ${id}`)
          const issues = Result.match(connector.configure(raw), { onFailure: (all) => all, onSuccess: () => [] })
          assert.deepStrictEqual(issues, [])
        }
      })
    )
  }
})
