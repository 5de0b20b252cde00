import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { layer, plain } from "../../../layers/node-crypto/sealer.ts"
import { Sealer } from "../../../src/secrets/sealer.ts"

const golden = "1:d97a02e8:AAECAwQFBgcICQoLKG4VuunFr27jJfh9yacZBUdCWTBD7oGWxiRo"
const first = Redacted.make("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
const second = Redacted.make(Buffer.alloc(32, 2).toString("base64"))
const third = Redacted.make(Buffer.alloc(32, 3).toString("base64"))

type Use<A, E> = (sealer: Sealer["Service"]) => Effect.Effect<A, E>

const sealing = <A, E>(keys: () => ReadonlyArray<Redacted.Redacted<string>>, use: Use<A, E>) =>
  Sealer.use(use).pipe(Effect.provide(layer(keys)))

const reasonOf = (keys: ReadonlyArray<Redacted.Redacted<string>>, sealed: string) =>
  sealing(
    () => keys,
    (sealer) => sealer.open(sealed)
  ).pipe(
    Effect.flip,
    Effect.map((error) => (error._tag === "Unreadable" ? error.reason : error._tag))
  )

const sealedWith = (key: Redacted.Redacted<string>, text: string) =>
  sealing(
    () => [key],
    (sealer) => Effect.succeed(sealer.seal(text))
  )

const flip = (text: string, at: number) => `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`

describe("a sealed text", () => {
  it.effect("opens to what was sealed", () =>
    Effect.gen(function* () {
      for (const text of ["", "olá, mundo", "\u{1F511}".repeat(5_000), '{"a":1}', "\uFEFFmark"]) {
        const opened = yield* sealing(
          () => [first],
          (sealer) => sealer.open(sealer.seal(text))
        )
        assert.strictEqual(opened, text)
      }
    })
  )

  it.effect("G36 of an earlier release still opens", () =>
    Effect.gen(function* () {
      const opened = yield* sealing(
        () => [first],
        (sealer) => sealer.open(golden)
      )
      assert.strictEqual(opened, "olá, mundo")
    })
  )

  it.effect("shows nothing of the text and is never the same twice", () =>
    Effect.gen(function* () {
      const one = yield* sealedWith(first, "canary canary canary")
      const two = yield* sealedWith(first, "canary canary canary")
      assert.match(one, /^1:d97a02e8:[A-Za-z0-9+/]+=*$/)
      assert.notStrictEqual(one, two)
      assert.notInclude(one, "canary")
      assert.notInclude(Buffer.from(one.slice(11), "base64").toString("latin1"), "canary")
    })
  )

  it.effect("that was changed anywhere is unreadable", () =>
    Effect.gen(function* () {
      const sealed = yield* sealedWith(first, "pay 10 to alice")
      for (let at = 11; at < sealed.length; at += 1) {
        if (sealed[at] === "=" || sealed[at + 1] === "=") continue
        assert.strictEqual(yield* reasonOf([first], flip(sealed, at)), "not as it was sealed")
      }
      assert.strictEqual(yield* reasonOf([first], sealed.slice(0, 20)), "not as it was sealed")
    })
  )

  it.effect("with a key that is not here is unreadable and says which key", () =>
    Effect.gen(function* () {
      const sealed = yield* sealedWith(first, "x")
      assert.strictEqual(yield* reasonOf([second], sealed), "sealed with key d97a02e8, which is not here")
    })
  )

  it.effect("whose key id was swapped is unreadable", () =>
    Effect.gen(function* () {
      const [a, b] = [yield* sealedWith(first, "x"), yield* sealedWith(second, "x")]
      const swapped = `${b.slice(0, 11)}${a.slice(11)}`
      assert.strictEqual(yield* reasonOf([first, second], swapped), "not as it was sealed")
    })
  )

  it.effect("in no form that we know is unreadable", () =>
    Effect.gen(function* () {
      for (const text of ["", "x", "2:aaaaaaaa:AAAA", '{"plain":"json"}']) {
        assert.strictEqual(yield* reasonOf([first], text), "not a sealed text")
      }
    })
  )

  it.effect("opens during a rotation under the current and the previous key, and is sealed with the current one", () =>
    Effect.gen(function* () {
      const old = yield* sealedWith(first, "old")
      yield* sealing(
        () => [second, first],
        Effect.fnUntraced(function* (sealer) {
          assert.strictEqual(yield* sealer.open(old), "old")
          assert.strictEqual(
            yield* reasonOf([first], sealer.seal("x")).pipe(Effect.map((r) => r.slice(-17))),
            "which is not here"
          )
        })
      )
    })
  )

  it.effect("follows a refreshed secret, and a version that is no key changes nothing", () => {
    let keys = [first]
    return sealing(
      () => keys,
      Effect.fnUntraced(function* (sealer) {
        const old = sealer.seal("old")
        keys = [third, second]
        const now = sealer.seal("now")
        assert.notStrictEqual(now.slice(0, 10), old.slice(0, 10))
        assert.strictEqual(yield* sealer.open(old), "old")
        keys = [Redacted.make("not a key")]
        assert.strictEqual(sealer.seal("x").slice(0, 10), now.slice(0, 10))
        assert.strictEqual(yield* sealer.open(now), "now")
      })
    )
  })

  it.effect("needs keys that are base64 of 32 bytes", () =>
    Effect.gen(function* () {
      for (const keys of [[], [Redacted.make("hunter2")], [first, Redacted.make("hunter2")]]) {
        assert.strictEqual(yield* reasonOf(keys, "0:x"), "BadKey")
      }
    })
  )

  it.effect("without a key is plain, and is read also once there is a key", () =>
    Effect.gen(function* () {
      const { kind, open, seal } = yield* Sealer
      assert.strictEqual(kind, "plain")
      assert.strictEqual(seal("text"), "0:text")
      assert.strictEqual(yield* open(seal("text")), "text")
      assert.strictEqual((yield* open(golden).pipe(Effect.flip)).reason, "sealed with an unknown key")
      const later = yield* sealing(
        () => [first],
        (sealer) => sealer.open("0:text")
      )
      assert.strictEqual(later, "text")
    }).pipe(Effect.provide(plain))
  )
})
