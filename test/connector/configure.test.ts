import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { RawConnector } from "../../src/connector/definition.ts"
import { digest } from "../plugins/digest.ts"
import { fixture, fixtureChannel, raw } from "../fakes/channel.ts"

const front = { secrets: { token: "fixture/front" }, settings: { number: "100" } }
const back = { secrets: { token: "fixture/back" }, settings: { number: "200" } }

const mistakes = (change: Partial<RawConnector>) => {
  const configured = fixture.configure({ ...raw, ...change })
  return Result.isFailure(configured) ? configured.failure.map(({ path }) => path.join(".")) : []
}

describe("operator's connector configuration", () => {
  it("the operator receives every configuration error at once, each with its path", () => {
    const configured = fixture.configure({
      secrets: { singing: "fixture/signing" },
      settings: {},
      accounts: {
        front: { secrets: {}, settings: { number: "", more: "1" } },
        back: { secrets: { token: "a", tokens: "b" }, settings: { number: "200", nubmer: "1" } },
        third: { secrets: { token: "c" }, settings: {} }
      },
      capabilities: ["post", "pots", "mark", "text"]
    })
    assert.isTrue(Result.isFailure(configured))
    if (!Result.isFailure(configured)) return
    const messages = configured.failure.map(({ path, message }) => `${path.join(".")}: ${message}`)
    assert.sameMembers(
      configured.failure.map(({ path }) => path.join(".")),
      [
        "secrets.signing",
        "secrets.singing",
        "accounts.front.number",
        "accounts.front.more",
        "accounts.front.secrets.token",
        "accounts.back.nubmer",
        "accounts.back.secrets.tokens",
        "accounts.third.number",
        "capabilities.1",
        "capabilities.3"
      ]
    )
    assert.include(messages, "capabilities.1: expected one of mark, post, reply, say, poke")
    assert.include(messages, "secrets.signing: expected the name of a secret, such as meta/app-secret")
    assert.include(messages, "secrets.singing: unknown key; known here: signing")
    assert.include(messages, "accounts.third.number: expected, but not there")
    assert.include(messages, "accounts.back.nubmer: unknown key")
  })

  it("an unknown key is an error even when the connector has no settings of its own", () => {
    assert.deepStrictEqual(mistakes({ settings: { nubmer: "1" } }), ["nubmer"])
  })

  it("a configuration error never repeats a value", () => {
    const canary = "canary-4711"
    const configured = fixture.configure({
      secrets: { signing: "fixture/signing" },
      settings: {},
      accounts: { front: { secrets: { token: "t" }, settings: { number: [canary], extra: canary } } },
      capabilities: ["mark"]
    })
    assert.isTrue(Result.isFailure(configured))
    assert.notInclude(JSON.stringify(Result.getFailure(configured)), canary)
  })

  it("a second account with the same provider account is an error", () => {
    assert.deepStrictEqual(mistakes({ accounts: { front, back, third: front } }), ["accounts.third"])
    assert.deepStrictEqual(mistakes({ accounts: { front, again: front, third: front } }), [
      "accounts.again",
      "accounts.third"
    ])
    assert.deepStrictEqual(mistakes({ accounts: { front, back } }), [])
  })

  it("the example configuration is valid", () => {
    assert.deepStrictEqual(mistakes({}), [])
  })
})

describe("configured connector", () => {
  it.effect("a connector names every secret that it needs, and reads each by its name alone", () =>
    Effect.gen(function* () {
      const { secretRefs, bind } = yield* Effect.fromResult(fixture.configure(raw))
      assert.sameMembers([...secretRefs], ["fixture/signing", "fixture/front", "fixture/back"])
      const readRefs: Array<string> = []
      const error = yield* bind((ref) => {
        readRefs.push(ref)
        return ref === "fixture/back"
          ? Effect.fail("not there" as const)
          : Effect.succeed({ current: () => Redacted.make(ref), candidates: () => [Redacted.make(ref)] })
      }, digest).pipe(Effect.flip)
      assert.strictEqual(error, "not there")
      assert.sameMembers(readRefs, [...secretRefs])
    })
  )

  it.effect("a connector has the configured capabilities at every account, and no others", () =>
    Effect.gen(function* () {
      const channel = yield* fixtureChannel({ ...raw, capabilities: ["poke", "mark"] })
      assert.deepStrictEqual([...channel.accounts.keys()], ["front", "back"])
      for (const { capabilities } of channel.accounts.values()) {
        assert.deepStrictEqual([...capabilities.keys()], ["poke", "mark"])
      }
      assert.strictEqual(channel.accounts.get("back")?.providerAccount, "200")
      assert.strictEqual(channel.routes.get("200")?.account, "back")
      assert.isUndefined(channel.routes.get("300"))
    })
  )

  it.effect("a connector verifies with every present version of its secret", () =>
    Effect.gen(function* () {
      let versions = ["new", "old"].map((text) => Redacted.make(text))
      const { bind } = yield* Effect.fromResult(fixture.configure(raw))
      const { verify } = yield* bind(
        () => Effect.succeed({ current: () => versions[0] ?? Redacted.make(""), candidates: () => versions }),
        digest
      )
      const body = new TextEncoder().encode("{}")
      const signedWith = (secret: string) => {
        const mac = Buffer.from(digest.hmacSha256(Redacted.make(secret), body)).toString("hex")
        return verify({ headers: { "x-signature": mac }, body }, digest)?.accounts
      }
      const all = new Set(["100", "200"])
      assert.deepStrictEqual(["new", "old", "older"].map(signedWith), [all, all, undefined])
      versions = ["newest", "new"].map((text) => Redacted.make(text))
      assert.deepStrictEqual(["newest", "new", "old"].map(signedWith), [all, all, undefined])
      versions = []
      assert.deepStrictEqual(["newest", ""].map(signedWith), [undefined, undefined])
    })
  )

  it.effect("a connector rejects an invalid request without a call to its provider, and names the expected form", () =>
    Effect.gen(function* () {
      const { accounts } = yield* fixtureChannel()
      const capabilities = accounts.get("front")?.capabilities
      const issues = (id: string, input: unknown, to?: string) => {
        const prepared = capabilities?.get(id)?.prepare(input, to)
        return prepared !== undefined && Result.isFailure(prepared)
          ? prepared.failure.issues.map(({ path }) => path.join("."))
          : []
      }
      assert.deepStrictEqual(issues("post", { text: "" }), ["to", "input.text"])
      assert.deepStrictEqual(issues("post", { text: "x", extra: 1 }, "1555"), ["to"])
      assert.deepStrictEqual(issues("mark", { text: "x", extra: 1 }), ["input.extra"])
      assert.deepStrictEqual(issues("mark", { text: "x" }, "+1555"), ["to"])
      assert.deepStrictEqual(issues("mark", null), ["input"])
      assert.deepStrictEqual(issues("post", { text: "x" }, "+1555"), [])
    })
  )

  it.effect("a connector classifies a reported failure by its table, and repeats no text of the provider", () =>
    Effect.gen(function* () {
      const { failureOf } = yield* fixtureChannel()
      const failures = [failureOf("410"), failureOf("411"), failureOf(undefined), failureOf("no code: +1555")]
      assert.deepStrictEqual(
        failures.map((failure) => [failure.class, failure.code, failure.certainty, failure.transient]),
        [
          ["PayloadError", "410", "not_applied", false],
          ["ProviderError", "411", "not_applied", false],
          ["ProviderError", "failed", "not_applied", false],
          ["ProviderError", "failed", "not_applied", false]
        ]
      )
      assert.strictEqual(failures[0]?.detail, "the recipient is gone")
      assert.notInclude(JSON.stringify(failures), "+1555")
    })
  )
})
