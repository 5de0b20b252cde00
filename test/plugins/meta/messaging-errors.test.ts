import { assert, describe, it } from "@effect/vitest"
import { graphErrors } from "../../../plugins/meta/errors.ts"
import { judge } from "../../../plugins/meta/graph-error.ts"
import { messagingErrors as errors, ownErrors } from "../../../plugins/meta/messaging/errors.ts"
import { answered } from "../../fakes/provider-http.ts"

const judged = judge(errors)
const failureFor = (row: string, status = 400, extra = {}) => {
  const [code = 0, subcode] = row.replace("*", "7").split("/").map(Number)
  return judged(answered(status, ""), {
    error: { code, ...(subcode === undefined ? {} : { error_subcode: subcode }), ...extra }
  })
}
const codes = (of: (row: (typeof errors)[number]) => boolean) => ownErrors.filter(of).map(({ code }) => code)

describe("error table of Instagram and Messenger", () => {
  it("the error table has one row per code, with source, and all rows of the Graph API", () => {
    assert.strictEqual(new Set(errors.map(({ code }) => code)).size, errors.length)
    for (const { code, meaning, source } of ownErrors) {
      assert.match(code, /^\d{1,7}(\/(\d{1,7}|\*))?$/)
      assert.isAbove(meaning.length, 10)
      assert.match(source, /^META \d/)
    }
    const known = new Set(errors.map(({ code }) => code))
    assert.deepStrictEqual(
      graphErrors.filter(({ code }) => !known.has(code)),
      []
    )
  })

  it.each(ownErrors)("the code $code is $class, $certainty, transient $transient", (row) => {
    const failure = failureFor(row.code)
    assert.deepInclude(failure, {
      code: row.code.replace("*", "7"),
      certainty: row.certainty,
      transient: row.transient
    })
    assert.strictEqual(failure._tag, row.class === "payload" ? "PayloadError" : "ProviderError")
    for (const doubtful of [failureFor(row.code, 500), failureFor(row.code, 400, { is_transient: true })]) {
      assert.deepInclude(doubtful, { _tag: "ProviderError", certainty: "unknown", transient: false })
    }
  })

  it("a failure is classified by code and subcode, whatever the language of the text", () => {
    const closed = failureFor("10/2534022", 403, { message: "許可されたウィンドウの外で送信されたメッセージです" })
    assert.deepInclude(closed, { code: "10/2534022", certainty: "not_applied" })
    assert.notInclude(JSON.stringify(closed), "許")
  })

  it("G19 a code whose message may have been sent all the same is unknown", () => {
    assert.deepStrictEqual(
      codes(({ certainty }) => certainty === "unknown"),
      ["2/2018344"]
    )
    for (const code of ["1", "2", "1/1357046"]) assert.strictEqual(failureFor(code).certainty, "unknown")
  })

  it("the error table marks only throttles and taken conversations as transient", () => {
    assert.deepStrictEqual(
      codes(({ transient }) => transient),
      ["10/2018300", "10/2018321", "613/2534040", "80002", "80001", "80006"]
    )
  })

  it("a failure about a missing comment or person does not pause the account", () => {
    for (const code of ["10/7", "200/7", "100/33", "551", "10/2534022", "100/2534025", "10900"]) {
      const failure = failureFor(code)
      assert.strictEqual(failure._tag, "ProviderError")
      if (failure._tag === "ProviderError") assert.strictEqual(failure.pauses, "nothing", code)
    }
  })

  it("a failure about a missing permission or a token pauses the account", () => {
    for (const code of ["10", "200", "190", "190/463", "200/2534041"]) {
      const failure = failureFor(code)
      assert.deepInclude(failure, { pauses: { of: "account", why: "auth" } }, code)
    }
  })

  it("G20 a rejected second private reply gives a hint and no proof", () => {
    for (const code of ["10900", "100/2534025"]) {
      const failure = failureFor(code)
      assert.strictEqual(failure.certainty, "not_applied")
      assert.include(failure.detail, "may have been sent")
    }
  })
})
