import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Json, JsonObject } from "../../../src/domain/json.ts"
import { IntentRequest, parseRequest } from "../../../src/outbound/intent/parse-request.ts"

const asDescribed = Schema.decodeUnknownResult(IntentRequest, { errors: "all", onExcessProperty: "error" })

const complete: JsonObject = {
  connector: "fixture",
  account: "a",
  capability: "post",
  to: "+15550102030",
  input: { body: "x", deep: { list: [1, null, "é"] } }
}
const values: ReadonlyArray<Json> = [null, true, 7, "", "text", [], ["text"], {}, { a: 1 }]

describe("parsing of a request", () => {
  it("the request parser accepts and rejects the same bodies as the documented schema", () => {
    const { to: _, ...withoutRecipient } = complete
    const bodies: ReadonlyArray<Json> = [
      complete,
      withoutRecipient,
      ...values,
      ...Object.keys(complete).flatMap((name) => values.map((value) => ({ ...complete, [name]: value }))),
      ...Object.keys(complete).map((name) =>
        Object.fromEntries(Object.entries(complete).filter(([key]) => key !== name))
      ),
      { ...complete, more: "text" },
      JSON.parse('{"connector":"c","account":"a","capability":"p","input":{"__proto__":{"a":1}}}'),
      JSON.parse('{"connector":"c","account":"a","capability":"p","input":{},"__proto__":{"to":"x"}}'),
      JSON.parse('{"connector":"c","account":"a","capability":"p","input":{},"constructor":1}')
    ]
    for (const body of bodies) {
      const [read, described] = [parseRequest(body), asDescribed(body)]
      assert.strictEqual(Result.isSuccess(read), Result.isSuccess(described), JSON.stringify(body))
      if (Result.isFailure(read)) assert.isNotEmpty(read.failure.issues)
      else assert.deepStrictEqual(read.success, Result.getOrThrow(described))
    }
  })
})
