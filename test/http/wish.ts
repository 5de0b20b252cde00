import type { Json } from "../../src/domain/json.ts"

export const intentIdOfNobody = `int_${"0".repeat(32)}`

/** A request to send; what it says is for the intents to judge. */
export const wish = (
  headers: Readonly<Record<string, string>> = {},
  body: Json = { connector: "fixture" }
): RequestInit => ({
  method: "POST",
  headers: { "idempotency-key": "k1", "content-type": "application/json", ...headers },
  body: JSON.stringify(body)
})
