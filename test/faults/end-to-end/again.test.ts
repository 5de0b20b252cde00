import { assert, describe, it } from "@effect/vitest"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { conserves } from "../../support/client.ts"
import { hastyEntry } from "../../support/hasty.ts"
import { testBed, testBedOf } from "../../support/test-bed.ts"
import { comporta } from "../../support/program.ts"
import { change, entry, messages, text, webhook } from "../../support/webhook.ts"

describe.concurrent("operator commands", () => {
  it.live(
    "an operator redrives a dead letter and replays a delivered event, and conservation holds",
    () =>
      Effect.gen(function* () {
        const { runtime, installed } = yield* testBedOf({ entry: hastyEntry })
        const gateway = yield* installed.start
        const command = (...words: ReadonlyArray<string>) => {
          const key = join(installed.directory, "secrets/api/crm")
          return comporta([...words, "--url", gateway.url, "--key-file", key, "--json"])
        }
        runtime.replies("wamid.poison", ...Array.from({ length: 20 }, () => 410))
        yield* gateway.deliver(messages(text("wamid.poison"), text("wamid.good", { from: "15550109999" })))
        yield* gateway.line("dispatch.dead_lettered")
        yield* gateway.line("dispatch.delivered")
        assert.deepInclude(yield* gateway.counts, { delivered: 1, deadLettered: 1, pending: 0 })

        runtime.heal("wamid.poison")
        const letters = yield* gateway.get("/v1/dead-letters")
        const id = String(letters.at("deadLetters", 0, "id"))
        assert.strictEqual(letters.at("deadLetters", 0, "reason"), "runtime_refused_410")
        assert.notInclude(letters.text, "wamid.poison")
        assert.strictEqual((yield* gateway.get(`/v1/dead-letters/${id}`)).at("providerId"), "wamid.poison")

        const redriven = yield* command("redrive", id, "--because", "repaired")
        assert.strictEqual(redriven.code, 0, redriven.stderr)
        assert.strictEqual((yield* command("redrive", id)).code, 1)
        yield* gateway.line("dispatch.delivered", 2)
        const again = runtime.arrivals.all.at(-1)
        assert.deepStrictEqual([again?.providerId, again?.eventId], ["wamid.poison", id])
        assert.isTrue(again?.at("data", "redriven"))

        const replayed = yield* command("replay", "--from", "0")
        assert.deepStrictEqual([replayed.code, replayed.stderr], [0, ""])
        assert.deepStrictEqual(JSON.parse(replayed.stdout), { replayed: 2, skipped: 0 })
        yield* gateway.line("dispatch.delivered", 4)
        const replays = runtime.arrivals.all.slice(-2)
        for (const { eventId, at } of replays) {
          assert.strictEqual(eventId, `${String(at("data", "eventId"))}_r1`)
          assert.strictEqual(at("data", "replayOf"), at("data", "eventId"))
        }
        assert.lengthOf(runtime.forged.all, 0)
        const counts = yield* gateway.counts
        assert.isTrue(conserves(counts))
        assert.deepInclude(counts, { received: 5, admitted: 5, delivered: 4, deadLettered: 1, pending: 0 })
        const audit = yield* gateway.get("/v1/audit")
        assert.deepStrictEqual(
          [0, 1, 2].map((n) => audit.at("entries", n, "action")),
          ["events.replay", "event.redrive", "event.redrive"]
        )
        assert.strictEqual((yield* command("replay")).code, 2)
        assert.strictEqual((yield* command("redrive", "--all", "--quarantine")).code, 2)
      }),
    60_000
  )

  it.live("an operator releases an item of a foreign account only once that account is configured", () =>
    Effect.gen(function* () {
      const { installed } = yield* testBed
      const gateway = yield* installed.start
      yield* gateway.deliver(webhook(entry(change({ messages: [text("wamid.theirs")] }, "200000000000099"))))
      const items = yield* gateway.get("/v1/quarantine")
      const id = String(items.at("items", 0, "id"))
      assert.strictEqual(items.at("items", 0, "reason"), "unknown_account")
      assert.notInclude(items.text, "wamid.theirs")
      const one = yield* gateway.get(`/v1/quarantine/${id}`)
      assert.deepStrictEqual([one.at("content", "id"), one.at("providerAccount")], ["wamid.theirs", "200000000000099"])
      const key = join(installed.directory, "secrets/api/crm")
      const refused = yield* comporta(["redrive", id, "--url", gateway.url, "--key-file", key])
      assert.strictEqual(refused.code, 1)
      assert.include(refused.stderr, "stays_quarantined")
      assert.isTrue(conserves(yield* gateway.counts))
    })
  )
})
