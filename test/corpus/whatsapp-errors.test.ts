import { assert, describe, it } from "@effect/vitest"
import { codeOf, listOf, objectOf } from "../../plugins/meta/read-json.ts"
import { judge } from "../../plugins/meta/graph-error.ts"
import { errors } from "../../plugins/whatsapp/errors.ts"
import { decode } from "../../plugins/whatsapp/inbound/decode.ts"
import type { Json } from "../../src/domain/json.ts"
import { answered } from "../fakes/provider-http.ts"
import { opened } from "../plugins/whatsapp/decoded.ts"
import { corpus, published } from "./published.ts"

const known = new Set(errors.map(({ code }) => code))

const answers = [...published("whatsapp-errors"), ...published("graph")].flatMap(({ name, body }) => {
  const { status, body: answer } = objectOf(body) ?? {}
  const error = objectOf(objectOf(answer)?.["error"])
  return error === undefined ? [] : [{ name, status: Number(status), answer: answer ?? null, error }]
})

/** Every list of errors, however deep. */
const errorsIn = (value: Json): ReadonlyArray<Json> => {
  if (typeof value !== "object" || value === null) return []
  if (Array.isArray(value)) return value.flatMap(errorsIn)
  return Object.entries(value).flatMap(([key, member]) =>
    key === "errors" ? [...(listOf(member) ?? [])] : errorsIn(member)
  )
}

describe.skipIf(corpus === undefined)("published WhatsApp errors", () => {
  it("the corpus holds every published error", () => {
    assert.isAbove(answers.length, 20)
  })

  it.each(answers)(
    "G19 the published error $name has a row, and a certainty that it proves",
    ({ status, answer, error }) => {
      const code = codeOf(error["code"]) ?? ""
      assert.isTrue(known.has(code), code)
      const failure = judge(errors)(answered(status, answer), answer)
      assert.strictEqual(failure.code.split("/")[0], code)
      if (status >= 500 || error["is_transient"] === true) {
        assert.deepInclude(failure, { certainty: "unknown", transient: false })
      }
      assert.notInclude(JSON.stringify(failure), String(error["message"]))
    }
  )

  const inWebhooks = ["whatsapp-inbound", "whatsapp-status", "whatsapp-errors"].flatMap((folder) => published(folder))

  it("the errors in published webhooks have rows, and are kept in their events", () => {
    let seen = 0
    for (const { name, body } of inWebhooks) {
      if (objectOf(body)?.["entry"] === undefined) continue
      assert.isAbove(decode(body).length, 0, name)
      const kept = opened(body).flatMap(({ personal }) => [
        ...errorsIn(personal.content),
        ...(listOf(personal.errors) ?? [])
      ])
      for (const error of errorsIn(body)) {
        seen += 1
        assert.isTrue(known.has(codeOf(objectOf(error)?.["code"]) ?? ""), name)
        assert.deepInclude(kept, error, name)
      }
    }
    assert.isAbove(seen, 4)
  })
})

it.runIf(corpus === undefined)("the test has no published errors to classify here", () => {
  console.log("COMPORTA_CORPUS is not set: the published errors were not judged")
})
