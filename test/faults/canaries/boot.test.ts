import { assert, describe, it } from "@effect/vitest"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { canaries, leaksFrom, number, secrets, wamid } from "../../support/canaries.ts"
import { comporta, type Ended, installation } from "../../support/program.ts"

/** It ends with that code, and nothing that it says holds a canary. */
const assertNoLeak = (what: string, ended: Ended, code: number) => {
  assert.strictEqual(ended.code, code, what)
  assert.deepStrictEqual(leaksFrom({ [`stdout of ${what}`]: ended.stdout, [`stderr of ${what}`]: ended.stderr }), [])
  assert.isAbove((ended.stdout + ended.stderr).length, 20, what)
}

const local = "environment: local\n"
const files = (directory: string) => `secrets: { from: files, directory: "${directory}/secrets" }\n`
const token = canaries["the access token"]

describe("I7 refused starts", () => {
  const mistakes: Readonly<Record<string, string>> = {
    "a secret in the place of a reference": `api: { keys: [ { id: crm, secret: "${token} ${number}", scopes: [send] } ] }\n`,
    "a token where an account's settings are": `connectors: { whatsapp: { accounts: { a: { phoneNumberId: 5, secrets: { accessToken: ["${token}"] } } } } }\n`,
    "a person in the place of a number": `server: { port: "${number}" }\n`,
    "a password in the url of the store": `store: { url: "redis://user:${token}@127.0.0.1:6379/x" }\n`,
    "a word of a list": `api: { keys: [ { id: crm, secret: api/crm, scopes: ["${token}"] } ] }\n`,
    "a message id in a duration": `store: { url: "redis://127.0.0.1:9", retention: { dedupe: "${wamid(1)}" } }\n`,
    "text that is no YAML": `store: { url: "${token}"\n  ${number}: [\n`
  }
  for (const [what, text] of Object.entries(mistakes)) {
    it.live(`a refused start shows no value: ${what}`, () =>
      Effect.gen(function* () {
        const installed = yield* installation({ secrets, file: (directory) => local + files(directory) + text })
        assertNoLeak(what, yield* installed.run(), 78)
        assertNoLeak(what, yield* comporta(["check", "--json", "--config", installed.file]), 78)
      })
    )
  }

  it.live("a refused start shows no value for a malformed secret, a missing one or a leak", () =>
    Effect.gen(function* () {
      const bad = yield* installation({
        secrets: { ...secrets, "runtime/signing": token },
        runtime: "http://127.0.0.1:9"
      })
      assertNoLeak("a bad signing secret", yield* bad.run(), 78)
      const missing = yield* installation({ secrets: { ...secrets, "api/crm": undefined } })
      assertNoLeak("a missing secret", yield* missing.run(), 78)
      const sealed = yield* installation({
        secrets: { ...secrets, "store/sealing-key": token },
        sealed: true,
        redisUrl: "redis://127.0.0.1:9"
      })
      assertNoLeak("a bad sealing key", yield* sealed.run(), 78)
      const staging = yield* installation({
        secrets,
        file: (directory) => `environment: staging
store: { url: "redis://127.0.0.1:9", sealingKey: store/sealing-key, pepper: store/pepper }
${files(directory)}runtime: { push: { url: "https://app.internal/comporta", secret: runtime/signing } }
api: { keys: [ { id: crm, secret: api/crm, scopes: [send] } ] }
connectors: {}
`
      })
      assertNoLeak("a leak in the environment", yield* staging.run({ CANARY: token, OTHER: secrets["api/crm"] }), 78)
    })
  )

  it.live("a failed command shows neither the key nor the person that it was given", () =>
    Effect.gen(function* () {
      const installed = yield* installation({ secrets })
      const key = join(installed.directory, "secrets/api/crm")
      const person = join(installed.directory, "person")
      writeFileSync(person, `+${number}\n`)
      const away = ["--url", "http://127.0.0.1:9", "--key-file", key]
      const forget = ["forget", "--connector", "whatsapp", ...away]
      assertNoLeak("forget without a gateway", yield* comporta([...forget, "--person-file", person]), 1)
      assertNoLeak("forget of an argument", yield* comporta([...forget, `+${number}`]), 1)
      assertNoLeak("redrive without a gateway", yield* comporta(["redrive", `evt_${number}`, ...away]), 1)
      assertNoLeak(
        "resolve of a wamid",
        yield* comporta(["resolve", wamid(1), "--verdict", "sent", "--reason", number, ...away]),
        1
      )
    })
  )
})
