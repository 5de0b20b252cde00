import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { RawConnector } from "../../src/connector/definition.ts"
import { connector } from "../../src/connector/connector.ts"
import { digest } from "../plugins/digest.ts"

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex")

const signing = connector({
  id: "signing",
  version: "1.0.0",
  retryHorizon: Duration.days(1),
  settings: Schema.Struct({}),
  account: Schema.Struct({ number: Schema.String }),
  secrets: { connector: ["word"], either: ["signing"], account: ["token"] },
  routes: (alias, { number }) => [
    { providerAccount: number, account: alias },
    { providerAccount: "business", account: "business" }
  ],
  inbound: {
    handshakeSecret: "word",
    handshake: () => ({ _tag: "Refused" }),
    signingSecret: "signing",
    verify: ({ headers, body }, secrets, { hmacSha256 }) =>
      secrets.findIndex((secret) => headers["x-signature"] === hex(hmacSha256(secret, body))),
    decode: () => [],
    identityVersion: 1
  },
  capabilities: [],
  errors: []
})

/** A connector with the signing secret of each place, where it has one. */
const raw = (shared: string | undefined, accounts: Readonly<Record<string, string | undefined>>): RawConnector => ({
  secrets: { word: "word", ...(shared === undefined ? {} : { signing: shared }) },
  settings: {},
  accounts: Object.fromEntries(
    Object.entries(accounts).map(([number, own]) => [
      `a${number}`,
      { secrets: { token: `token-${number}`, ...(own === undefined ? {} : { signing: own }) }, settings: { number } }
    ])
  ),
  capabilities: []
})

const body = new TextEncoder().encode("{}")

/** For whom what each secret signed is; the value of a secret is what follows the dash of its name. */
const speakers = Effect.fnUntraced(function* (given: RawConnector, values: ReadonlyArray<string>) {
  const { bind } = yield* Effect.fromResult(signing.configure(given))
  const { verify } = yield* bind((ref) => {
    const versions = ref.split(":").map((text) => Redacted.make(text.replace(/^.*-/, "")))
    return Effect.succeed({ current: () => versions[0] ?? Redacted.make(""), candidates: () => versions })
  }, digest)
  return values.map((value) => {
    const signature = hex(digest.hmacSha256(Redacted.make(value), body))
    const accounts = verify({ headers: { "x-signature": signature }, body }, digest)?.accounts
    return accounts === undefined ? "nobody" : [...accounts].toSorted().join(" ")
  })
})

const mistakes = (given: RawConnector) =>
  Result.match(signing.configure(given), {
    onSuccess: () => [],
    onFailure: (issues) => issues.map(({ path }) => path.join("."))
  })

describe("G29 signing secrets", () => {
  it.effect("a connector's only signing secret speaks for every account", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* speakers(raw("s", { 1: undefined, 2: undefined }), ["s", "t", "token"]), [
        "1 2 business",
        "nobody",
        "nobody"
      ])
    })
  )

  it.effect("a signing secret of an account speaks for it alone, and the connector's for the other accounts", () =>
    Effect.gen(function* () {
      const given = raw("s", { 1: undefined, 2: "t", 3: "t" })
      assert.deepStrictEqual(yield* speakers(given, ["s", "t", "u"]), ["1 business", "2 3 business", "nobody"])
      assert.deepStrictEqual(yield* speakers(raw("s", { 1: "t" }), ["s", "t"]), ["", "1 business"])
      assert.deepStrictEqual(yield* speakers(raw(undefined, { 1: "s", 2: "t" }), ["s", "t"]), [
        "1 business",
        "2 business"
      ])
    })
  )

  it.effect("a signing secret counts in both versions, and under two names for the accounts of both", () =>
    Effect.gen(function* () {
      const rotating = raw("new:old", { 1: undefined, 2: "t:old" })
      assert.deepStrictEqual(yield* speakers(rotating, ["new", "old", "t"]), [
        "1 business",
        "1 2 business",
        "2 business"
      ])
      assert.deepStrictEqual(yield* speakers(raw("a-s", { 1: undefined, 2: "b-s" }), ["s"]), ["1 2 business"])
    })
  )

  it("a signing secret is required at the connector, or at each account without one", () => {
    assert.deepStrictEqual(mistakes(raw("s", { 1: undefined, 2: "t" })), [])
    assert.deepStrictEqual(mistakes(raw(undefined, { 1: "s", 2: "t" })), [])
    assert.deepStrictEqual(mistakes(raw(undefined, { 1: undefined, 2: undefined })), ["secrets.signing"])
    assert.deepStrictEqual(mistakes(raw(undefined, { 1: undefined, 2: "t" })), ["accounts.a1.secrets.signing"])
    assert.deepStrictEqual(mistakes({ ...raw("s", { 1: "t" }), secrets: { word: "w", signing: "s", more: "m" } }), [
      "secrets.more"
    ])
  })
})
