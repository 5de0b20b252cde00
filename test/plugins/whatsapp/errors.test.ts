import { assert, describe, it } from "@effect/vitest"
import { judge } from "../../../plugins/meta/graph-error.ts"
import { errors } from "../../../plugins/whatsapp/errors.ts"
import { answered } from "../../fakes/provider-http.ts"

const judged = judge(errors)
const failureFor = (row: string, status: number, extra = {}) => {
  const [code = 0, subcode] = row.split("/").map(Number)
  const error = { code, ...(subcode === undefined ? {} : { error_subcode: subcode }), ...extra }
  return judged(answered(status, ""), { error })
}
const codes = (of: (row: (typeof errors)[number]) => boolean) =>
  errors.filter((row) => of(row) && !/^2\d\d$/.test(row.code)).map(({ code }) => code)

describe("WhatsApp error table", () => {
  it("the error table has one row per code, each with meaning and source", () => {
    assert.strictEqual(new Set(errors.map(({ code }) => code)).size, errors.length)
    for (const { code, meaning, source } of errors) {
      assert.match(code, /^\d{1,7}(\/\d{1,7})?$/)
      assert.isAbove(meaning.length, 10)
      assert.match(source, /^META \d/)
    }
  })

  it.each(errors)("the code $code is $class, $certainty, transient $transient, and pauses as its row says", (row) => {
    const failure = failureFor(row.code, 400)
    assert.deepInclude(failure, { code: row.code, certainty: row.certainty, transient: row.transient })
    assert.strictEqual(failure._tag, row.class === "payload" ? "PayloadError" : "ProviderError")
    if (failure._tag === "ProviderError") assert.deepStrictEqual(failure.pauses, row.pauses)
  })

  it.each(errors)("G19 the code $code proves nothing with a 5xx or as a transient error", ({ code }) => {
    for (const failure of [failureFor(code, 500), failureFor(code, 400, { is_transient: true })]) {
      assert.deepInclude(failure, { _tag: "ProviderError", certainty: "unknown", transient: false })
    }
  })

  it("G19 the error table marks no unknown outcome as transient or as the request's fault", () => {
    assert.deepStrictEqual(
      errors.filter((row) => row.certainty === "unknown" && (row.transient || row.class === "payload")),
      []
    )
  })

  it("G19 the error table marks codes that may have had an effect as unknown", () => {
    assert.deepStrictEqual(
      codes((row) => row.certainty === "unknown"),
      ["1", "1/1357046", "2", "3", "1200", "2022", "131000", "131016", "134102", "131045", "131057", "133000", "133004"]
    )
  })

  it("the error table marks throttles as transient", () => {
    assert.deepStrictEqual(
      codes((row) => row.transient),
      ["4", "17", "32", "613", "80007", "130429", "131056", "132069", "134101", "131208", "133015"]
    )
  })

  const pausing = (of: "recipient" | "account", why?: string) =>
    codes(({ pauses }) => pauses !== "nothing" && pauses.of === of && (pauses.of === "recipient" || pauses.why === why))

  it("the error table pauses the recipient for codes about the recipient, 131056 for 4^n seconds", () => {
    assert.deepStrictEqual(pausing("recipient"), ["130497", "131056", "131207"])
    assert.deepStrictEqual(errors.find(({ code }) => code === "131056")?.pauses, {
      of: "recipient",
      wait: { first: 1, factor: 4, most: 1_024 }
    })
  })

  it("the error table pauses the account for a while when it is throttled", () => {
    const codesOfThrottles = ["4", "17", "32", "613", "80007", "130429", "131208", "131057", "133015"]
    assert.deepStrictEqual(pausing("account", "throttled"), codesOfThrottles)
  })

  it("the error table pauses the account until an operator resumes it, for credentials and policy", () => {
    const codesOfAuth = [
      "0",
      "3",
      "10",
      "33",
      "100/33",
      "104",
      "190",
      "803",
      "131005",
      "131037",
      "131042",
      "131044",
      "131045"
    ]
    const numbers = ["133000", "133005", "133006", "133008", "133009", "133010", "133016", "134011"]
    assert.deepStrictEqual(pausing("account", "auth"), [...codesOfAuth, ...numbers])
    assert.deepStrictEqual(pausing("account", "policy"), ["368", "131048", "131064", "131031"])
  })

  it("the error table answers 422 when the request is wrong", () => {
    assert.deepStrictEqual(
      codes((row) => row.class === "payload"),
      [
        "100",
        "131001",
        "131002",
        "131008",
        "131009",
        "131021",
        "131051",
        "131053",
        "131059",
        "131062",
        "135000",
        "131055",
        "132000",
        "132001",
        "132005",
        "132007",
        "132008",
        "132012",
        "132018",
        "134100"
      ]
    )
  })
})
