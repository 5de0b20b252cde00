import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { decode } from "../../plugins/whatsapp/inbound/decode.ts"
import { conserves } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import type { Answer } from "../support/http.ts"

// @effect-diagnostics-next-line processEnv:off
const corpus = process.env["COMPORTA_CORPUS"]
const folders = ["whatsapp-inbound", "whatsapp-status", "whatsapp-account-events"]

const files = (folder: string) =>
  corpus === undefined ? [] : readdirSync(join(corpus, folder)).map((name) => join(corpus, folder, name))

/** The number and the business account that the provider's own documents use; whoever else writes is a stranger. */
const known = { phoneNumberId: "106540352242922", businessAccountId: "102290129340398" }
const ours = new Set<string>(Object.values(known))

const sumOf = (answer: Answer, ...names: ReadonlyArray<string>) =>
  names.reduce((sum, name) => sum + Number(answer.at(name)), 0)

describe.skipIf(corpus === undefined)("published WhatsApp payloads at a gateway", () => {
  it.live("the gateway answers 200 to every published payload, and admits or quarantines each item once", () =>
    Effect.gen(function* () {
      const gateway = yield* startGateway({ accounts: { support: known } })
      let posted = 0
      for (const file of folders.flatMap(files)) {
        const bytes = readFileSync(file)
        const items = decode(JSON.parse(bytes.toString()))
        posted += 2 * items.length
        const strangers = items.filter((item) => item._tag === "Event" && !ours.has(item.providerAccount)).length
        const first = yield* gateway.deliver(bytes)
        assert.strictEqual(first.status, 200, file)
        assert.strictEqual(first.headers["comporta-admitted"], "durable", file)
        // Some documents use one id for several messages.
        assert.strictEqual(sumOf(first, "admitted", "deduped", "quarantined"), items.length, file)
        assert.isAtMost(sumOf(first, "quarantined"), strangers, file)
        assert.isAtMost(sumOf(first, "admitted"), items.length - strangers, file)
        const again = yield* gateway.deliver(bytes)
        assert.deepStrictEqual(again.json, { admitted: 0, deduped: items.length, quarantined: 0 }, file)
        assert.strictEqual(again.headers["comporta-deduped"], "true", file)
      }
      const counts = yield* gateway.counts
      assert.strictEqual(counts.received, posted)
      assert.isTrue(conserves(counts))
      assert.isAbove(counts.admitted, 0)
      assert.isAbove(counts.quarantined, 0)
      const reasons = new Set(gateway.log.of("inbound.quarantined").map(({ fields }) => fields.failureCode))
      assert.deepStrictEqual([...reasons], ["unknown_account"])
    })
  )
})

it.runIf(corpus === undefined)("the test has no published payloads to post here", () => {
  console.log("COMPORTA_CORPUS is not set: the published payloads were not posted to a gateway")
})
