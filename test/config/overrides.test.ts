import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mistakesOf, readText, staging } from "./files.ts"

/** The file without the keys that only staging may have. */
const both = staging.replace(", recorder: readiness/recorder", "").replace(/^staging: .*\n/m, "")
const production = both.replace("environment: staging\n", "")

describe("configuration from the process environment", () => {
  it.effect("the variable PORT overrides server.port", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* readText(staging, { port: "9000" })).config.server.port, 9000)
      assert.strictEqual((yield* readText(staging, { port: "" })).config.server.port, 8443)
      for (const port of ["0", "65536", "80 ", "0x50", "1e3"]) {
        assert.deepStrictEqual(yield* mistakesOf(staging, { port }), [" PORT: expected an integer between 1 and 65535"])
      }
    })
  )

  it.effect("G38 a file without environment means production", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* readText(production)).config.environment, "production")
    })
  )

  it.effect("G38 the variable COMPORTA_ENV can raise, never lower, the environment of the file", () =>
    Effect.gen(function* () {
      const of = (text: string, environment: string) =>
        Effect.map(readText(text, { environment }), ({ config }) => config.environment)
      assert.strictEqual(yield* of(both, "production"), "production")
      assert.strictEqual(yield* of(staging, "staging"), "staging")
      assert.strictEqual(yield* of(staging, ""), "staging")
      assert.deepStrictEqual(yield* mistakesOf(staging, { environment: "local" }), [
        " COMPORTA_ENV: expected staging or stricter, as the file says; local would loosen it"
      ])
      assert.deepStrictEqual(yield* mistakesOf(production, { environment: "staging" }), [
        " COMPORTA_ENV: expected production or stricter, as the file says; staging would loosen it"
      ])
      assert.deepStrictEqual(yield* mistakesOf(staging, { environment: "Production" }), [
        " COMPORTA_ENV: expected local, staging, production"
      ])
    })
  )

  it.effect("G38 a raised environment must meet all that the stricter environment requires", () =>
    Effect.gen(function* () {
      const local = "environment: local\nruntime: { push: { url: http://app.internal:3000, secret: a } }\n"
      assert.strictEqual((yield* readText(local)).config.environment, "local")
      assert.deepStrictEqual(yield* mistakesOf(local, { environment: "staging" }), [
        "1:1 store: expected, but not there: staging requires it",
        "1:1 secrets: expected, but not there: staging requires it",
        "1:1 connectors: expected, but not there: staging requires it",
        "2:20 runtime.push.url: expected an https url, since this is staging; http only to 127.0.0.1, [::1] or localhost, or with runtime.push.transport: mesh where a service mesh encrypts it"
      ])
    })
  )

  it.effect("G38 a local gateway binds to loopback alone", () =>
    Effect.gen(function* () {
      for (const host of ["127.0.0.1", "127.1.2.3", "localhost", '"::1"']) {
        yield* readText(`environment: local\nserver: { host: ${host} }\n`)
      }
      for (const host of ["0.0.0.0", '"::"', "10.0.0.1", "127.example.com", "localhost.example.com"]) {
        assert.deepStrictEqual(yield* mistakesOf(`environment: local\nserver: { host: ${host} }\n`), [
          "2:11 server.host: expected a loopback address: local never listens to the network"
        ])
      }
    })
  )
})
