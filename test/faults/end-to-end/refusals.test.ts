import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { objectOf } from "../../../plugins/meta/read-json.ts"
import type { Json } from "../../../src/domain/json.ts"
import { listening } from "../../support/http.ts"
import { type Ended, type Installation, installation } from "../../support/program.ts"

const checksOf = ({ lines }: Ended): ReadonlyArray<Json> => {
  const checks = lines.find(({ event }) => event === "boot.refused")?.["checks"]
  return Array.isArray(checks) ? checks : []
}
const failedOf = (ended: Ended) =>
  checksOf(ended)
    .map(objectOf)
    .filter((check) => check?.["state"] === "failed")
    .map((check) => ({ name: String(check?.["name"]), problem: String(check?.["problem"]), remedy: check?.["remedy"] }))

/** Exit 78, one line of the log, one on stderr, and every failed check says how to mend it. */
const refuses = (ended: Ended) => {
  assert.strictEqual(ended.code, 78, ended.stderr)
  assert.lengthOf(
    ended.lines.filter(({ event }) => event === "boot.refused"),
    1
  )
  assert.lengthOf(ended.stderr.trim().split("\n"), 1)
  const failed = failedOf(ended)
  assert.isAbove(failed.length, 0)
  for (const { remedy } of failed) assert.match(String(remedy), /\S/)
  return failed
}

const edited = (text: string) => Effect.flatMap(installation({ file: text }), ({ run }) => run())

const complete = (environment: string) => `${environment}
store: { url: "redis://127.0.0.1:9", sealingKey: store/sealing-key, pepper: store/pepper }
secrets: { from: files, directory: /nowhere }
runtime: { push: { url: "https://app.internal/comporta", secret: runtime/signing } }
connectors: {}
`

describe("refused starts", () => {
  it.live("a program whose port is taken refuses to start, and names the port in one line", () =>
    Effect.gen(function* () {
      const installed: Installation = yield* installation()
      const other = yield* listening(() => {})
      const [failed, ...more] = refuses(yield* installed.run({ PORT: String(other.port) }))
      assert.lengthOf(more, 0)
      assert.strictEqual(failed?.name, "server.port")
      assert.include(failed?.problem, `port ${other.port} on 127.0.0.1 is taken`)
    })
  )

  it.live("a program that refuses to start logs no server as stopped", () =>
    Effect.gen(function* () {
      const installed = yield* installation({ secrets: { "api/crm": undefined } })
      const { lines } = yield* installed.run()
      assert.deepStrictEqual(
        lines.map(({ event }) => event),
        ["boot.refused"]
      )
    })
  )

  it.live("a program without a valid file refuses to start, and names the place", () =>
    Effect.gen(function* () {
      const installed = yield* installation()
      const [missing] = refuses(yield* installed.run({}, "/nowhere/comporta.yaml"))
      assert.include(missing?.problem, "/nowhere/comporta.yaml")
      const [broken] = refuses(yield* edited("environment: local\nserver: { port: 80"))
      assert.match(broken?.problem ?? "", /comporta\.yaml:2:\d+ /)
      const wrong = refuses(
        yield* edited(
          "environment: local\nserver: { prot: 80, port: nine }\nconnectors:\n  whatsapp: { capabilities: 7 }\n"
        )
      )
      const problems = wrong.map(({ problem }) => problem.replace(/^.*comporta\.yaml/, ""))
      assert.match(problems[0] ?? "", /^:2:11 server\.prot: unknown key/)
      assert.match(problems[1] ?? "", /^:2:21 server\.port: expected an integer between 1 and 65535/)
      assert.isTrue(problems.some((problem) => /^:4:\d+ connectors\.whatsapp\.capabilities: /.test(problem)))
    })
  )

  it.live("a program without its secrets refuses to start, and names all of them at once", () =>
    Effect.gen(function* () {
      const installed = yield* installation({
        secrets: { "meta/app-secret": undefined, "whatsapp/support": undefined, "api/crm": "" }
      })
      const failed = refuses(yield* installed.run())
      assert.deepStrictEqual(failed.map(({ name }) => name).sort(), [
        "secret:api/crm",
        "secret:meta/app-secret",
        "secret:whatsapp/support"
      ])
      for (const { name, problem } of failed) assert.include(problem, `${installed.directory}/secrets/${name.slice(7)}`)
    })
  )

  it.live("a program with an invalid signing secret refuses to start, and never repeats it", () =>
    Effect.gen(function* () {
      const installed = yield* installation({
        runtime: "http://127.0.0.1:9/",
        secrets: { "runtime/signing": "not-a-signing-secret" }
      })
      const ended = yield* installed.run()
      assert.deepStrictEqual(
        refuses(ended).map(({ name }) => name),
        ["secret:runtime/signing"]
      )
      assert.notInclude(ended.stdout + ended.stderr, "not-a-signing-secret")
    })
  )

  it.live("a program whose store does not answer refuses to start", () =>
    Effect.gen(function* () {
      const installed = yield* installation({ redisUrl: "redis://127.0.0.1:9" })
      const failed = refuses(yield* installed.run())
      assert.deepStrictEqual(
        failed.map(({ name }) => name),
        ["store.reachable"]
      )
      assert.include(failed[0]?.problem, "127.0.0.1:9")
    })
  )

  it.live("I5 a program in staging refuses to start with unmet checks, and reports all", () =>
    Effect.gen(function* () {
      const names = refuses(yield* edited(complete("environment: staging"))).map(({ name }) => name)
      assert.includeMembers(names, ["secret:store/pepper", "secret:runtime/signing", "store.reachable"])
    })
  )

  it.live("I5 a program in production refuses to start with one check alone, whatever else is missing or wrong", () =>
    Effect.gen(function* () {
      for (const file of [
        complete("environment: production"),
        complete(""),
        "",
        "store: memory\n",
        "environment: production\nserver: { port: no }\nnothing: 1\n"
      ]) {
        const checks = refuses(yield* edited(file))
        assert.deepStrictEqual(
          checks.map(({ name }) => name),
          ["readiness"]
        )
        assert.include(checks[0]?.remedy, "environment: staging")
      }
    })
  )

  it.live("G38 a program refuses to start when a variable loosens the file's environment; a stricter one applies", () =>
    Effect.gen(function* () {
      const installed = yield* installation({ file: complete("environment: staging") })
      const [loosened] = refuses(yield* installed.run({ COMPORTA_ENV: "local" }))
      assert.include(loosened?.problem, "COMPORTA_ENV")
      const local = yield* installation()
      const raised = refuses(yield* local.run({ COMPORTA_ENV: "production" }))
      assert.deepStrictEqual(
        raised.map(({ name }) => name),
        ["readiness"]
      )
      const nonsense = refuses(yield* local.run({ COMPORTA_ENV: "prod" }))
      assert.include(nonsense[0]?.problem, "COMPORTA_ENV")
    })
  )
})
