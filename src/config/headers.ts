import * as Schema from "effect/Schema"
import { SecretRefValue, textValue } from "./values.ts"

const reserved =
  /^(host|connection|transfer-encoding|te|upgrade|expect|trailer|keep-alive|user-agent|content-.*|proxy-.*|webhook-.*)$/i

const isName = (name: string) => /^[A-Za-z0-9][!#$%&'*+.^_`|~0-9A-Za-z-]{0,127}$/.test(name) && !reserved.test(name)

/** Returns true for a header value that every runtime reads alike: 1 to 8,192 printable ASCII characters. */
export const isHeaderValue = (value: string): boolean => /^[!-~]([ -~]{0,8190}[!-~])?$/.test(value)

const expected = "1 to 8192 printable ASCII characters without a blank at either end"

const Value = Schema.Union([textValue(expected, isHeaderValue), Schema.Struct({ secret: SecretRefValue })]).annotate({
  message: `expected ${expected}, or { secret: <the name of a secret> }`
})

const distinct = Schema.makeFilter(
  (headers: Readonly<Record<string, unknown>>) =>
    Object.keys(headers).flatMap((name, index, names) =>
      names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) < index
        ? [{ path: [name], issue: "expected each header once; upper and lower case are the same" }]
        : []
    ),
  { expected: "each header once" }
)

/** Headers of the operator, sent with each delivery. */
export const Headers = Schema.Record(textValue("a header name that is not reserved", isName), Value)
  .annotate({
    messageUnexpectedKey:
      "expected a header name that Comporta does not set itself; reserved: host, connection, transfer-encoding, te, upgrade, expect, trailer, keep-alive, user-agent, content-*, proxy-*, webhook-*"
  })
  .check(distinct)
