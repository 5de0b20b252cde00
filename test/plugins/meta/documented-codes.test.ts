import { assert, describe, it } from "@effect/vitest"
import { messagingErrors } from "../../../plugins/meta/messaging/errors.ts"
import { errors as whatsappErrors } from "../../../plugins/whatsapp/errors.ts"
import type { ErrorTable } from "../../../src/connector/error-table.ts"
import { messagingCodes, whatsappCodes } from "../documented-codes.ts"

const sorted = (codes: ReadonlyArray<string>) => codes.toSorted()
const keysOf = (table: ErrorTable) => sorted(table.map(({ code }) => code))
const row = (table: ErrorTable, code: string) => table.find((one) => one.code === code)

describe("error tables and documentation", () => {
  it.each([
    ["WhatsApp", whatsappErrors, whatsappCodes],
    ["Instagram and Messenger", messagingErrors, messagingCodes]
  ] as const)(
    "G19 the error table of %s has a row for every documented code, and no others",
    (_, table, documented) => {
      assert.deepStrictEqual(keysOf(table), sorted(documented))
    }
  )

  it("G19 the error table reads a conversation of another app by its subcode, and holds the person alone", () => {
    for (const code of ["10/2018300", "10/2018321"]) {
      assert.deepInclude(row(messagingErrors, code), { certainty: "not_applied", transient: true }, code)
      assert.deepNestedInclude(row(messagingErrors, code), { "pauses.of": "recipient" }, code)
    }
  })

  it("the error table rejects calls of a number without a pause of the number", () => {
    for (const { code, certainty, pauses } of whatsappErrors.filter((one) => one.code.startsWith("138"))) {
      assert.deepStrictEqual([certainty, pauses], ["not_applied", "nothing"], code)
    }
  })

  it("the error table holds a suspended group alone, and throttles the account for too many group operations", () => {
    assert.deepNestedInclude(row(whatsappErrors, "131207"), { certainty: "not_applied", "pauses.of": "recipient" })
    const throttled = { certainty: "not_applied", transient: true, "pauses.of": "account", "pauses.why": "throttled" }
    assert.deepNestedInclude(row(whatsappErrors, "131208"), throttled)
  })
})
