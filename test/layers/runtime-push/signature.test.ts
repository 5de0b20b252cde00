// @effect-diagnostics globalDate:off
import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { Webhook } from "standardwebhooks"
import { makeSign } from "../../../layers/runtime-push/delivery-headers.ts"
import { secretOf } from "./receiver.ts"

describe("delivery signature", () => {
  it.each(["", "{}", "ação \ud800 😊\n\u0000", "x".repeat(4_096), "ção".repeat(40_000)])(
    "the signature equals that of the scheme's own library (%#)",
    (body) => {
      const secrets = [secretOf(7, 64), secretOf(1)]
      const sign = makeSign(() => secrets.map((secret) => Redacted.make(secret)))
      const wanted = secrets.map((secret) => new Webhook(secret).sign("evt_1_r2", new Date(1_767_225_600_999), body))
      assert.strictEqual(sign("evt_1_r2", 1_767_225_600, body), wanted.join(" "))
    }
  )
})
