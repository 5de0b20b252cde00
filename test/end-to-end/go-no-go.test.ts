import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { listOf, objectOf } from "../../plugins/meta/read-json.ts"
import { readSigningKey } from "../../src/attestation/keys.ts"
import { sourceDigest } from "../../src/readiness/running-code.ts"
import { cryptography, newPems } from "../attestation/keys.ts"
import { sample, signed } from "../release/sample.ts"
import { comporta } from "../support/program.ts"
import { recordingSetup } from "../support/recording.ts"
import { status, statuses } from "../support/webhook.ts"

/** Signs a build record of a release whose digests are those of a run from source. Writes it and its key into the trust file. */
const trustBuildOf = Effect.fnUntraced(function* (directory: string, file: string) {
  const pems = yield* newPems
  const image = sample.platforms["linux-x64"]?.image ?? ""
  const node = { version: "24.21.0", digest: image }
  const components = { core: sourceDigest, storage: sourceDigest, "connector:whatsapp": sourceDigest }
  const build = { ...sample.builds[0], platform: "linux-x64", manifest: sourceDigest, image }
  const record = {
    ...sample,
    platforms: { "linux-x64": { manifest: sourceDigest, components, node, image } },
    builds: [build, build] as const
  }
  const path = join(directory, "build-record.json")
  writeFileSync(path, yield* signed(record, yield* readSigningKey(pems.private)))
  const trust = join(directory, "trust.json")
  const { v, keys } = JSON.parse(readFileSync(trust, "utf8"))
  const key = { role: "build", name: "ci", publicKey: pems.public, from: "2026-01-01T00:00:00Z" }
  writeFileSync(trust, JSON.stringify({ v, keys: [...keys, key] }))
  writeFileSync(file, readFileSync(file, "utf8").replace("readiness: {", `readiness: { build: "${path}",`))
}, Effect.provide(cryptography))

describe("go-no-go", () => {
  it.live("G41 a message that a genuine provider delivered is GO, once a build record says which code sent it", () =>
    Effect.gen(function* () {
      const { graph, installed, gatewayIn } = yield* recordingSetup({})
      /** Sends a message that is delivered, and returns the verdict of the command as JSON, with its exit code. */
      const verdictOf = (key: string) =>
        Effect.scoped(
          Effect.gen(function* () {
            const { url, send, deliver, log } = yield* gatewayIn(true)
            yield* send(key)
            const sent = graph.effects.all.at(-1)
            yield* deliver(statuses(status("delivered", sent?.callbackData ?? "", { id: sent?.messageId ?? "" })))
            yield* log.waitFor("evidence.applied")
            const flags = ["--url", url, "--key-file", join(installed.directory, "secrets/api/crm")]
            const { code, stdout } = yield* comporta(["go-no-go", ...flags, "--json"])
            const rows = listOf(objectOf(JSON.parse(stdout))?.["rows"]) ?? []
            const row = (id: string) => objectOf(rows.find((one) => objectOf(one)?.["row"] === id)) ?? {}
            const table = yield* comporta(["go-no-go", ...flags, "--lang", "pt"])
            return { code, row, table: table.stdout }
          })
        )
      const unbuilt = yield* verdictOf("one")
      assert.strictEqual(unbuilt.code, 1)
      assert.deepInclude(unbuilt.row("1.3.1"), { state: "NO-GO", cause: "missing" })
      assert.deepInclude(unbuilt.row("3.2:whatsapp.text"), { state: "NO-GO", cause: "other_code" })

      yield* trustBuildOf(installed.directory, installed.file)
      const built = yield* verdictOf("two")
      assert.strictEqual(built.code, 1)
      for (const id of ["1.1.4", "1.1.5", "1.3.1", "1.3.2", "1.3.3", "3.2:whatsapp.text", "3.2:whatsapp.path.call"]) {
        assert.deepInclude(built.row(id), { state: "GO", rehearsal: false }, id)
      }
      assert.deepInclude(built.row("1.1.1"), { state: "NO-GO", cause: "missing" })
      assert.match(built.table, /^\[ok\] 3\.2:whatsapp\.text whatsapp: text\n {5}idade .*até \d{4}-/m)
      assert.include(built.table, "Resolve-se com: `comporta drill boot`")

      const wrong = yield* comporta(["go-no-go", "--key-file", "none", "--format", "png"])
      assert.strictEqual(wrong.code, 2)
    })
  )
})
