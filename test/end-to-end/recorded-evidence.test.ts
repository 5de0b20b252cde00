import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { objectOf } from "../../plugins/meta/read-json.ts"
import type { Json } from "../../src/domain/json.ts"
import type { GateEvidence } from "../../src/gate/evidence/evidence.ts"
import { canaries, leaksIn, number, wamid } from "../support/canaries.ts"
import { bearer, secrets } from "../support/client.ts"
import { ask } from "../support/http.ts"
import { receiver } from "../support/receiver.ts"
import { comporta } from "../support/program.ts"
import { recordingSetup } from "../support/recording.ts"
import { checksOf, failedIn } from "../support/staging.ts"
import { messages, status, statuses, text } from "../support/webhook.ts"

const bootRows = ["1.1.3#probe", "1.1.4", "1.1.5", "1.2.1", "1.2.2#scan"]

/** Returns the record of a row, of the given result. */
const recordOf = (records: ReadonlyArray<GateEvidence>, row: string, result = "pass") =>
  records.find((one) => one.row === row && one.result === result) ?? assert.fail(`no ${result} of ${row}`)

const query = new URLSearchParams({
  "hub.mode": "subscribe",
  "hub.challenge": "5",
  "hub.verify_token": secrets["meta/verify-token"]
}).toString()

describe("recorded evidence", () => {
  it.live("G41 a gateway in staging records its boot, and nothing of it is genuine with a simulated provider", () =>
    Effect.gen(function* () {
      const { records, gatewayIn } = yield* recordingSetup({})
      yield* Effect.scoped(gatewayIn(false))
      const found = yield* records
      assert.deepStrictEqual(found.map(({ row }) => row).toSorted(), bootRows)
      assert.isTrue(
        found.every(({ genuine, result, environment }) => !genuine && result === "pass" && environment === "staging")
      )
      assert.deepStrictEqual(recordOf(found, "1.1.3#probe").facts, { accounts: 1, proven: 1 })
      assert.deepStrictEqual(recordOf(found, "1.1.4").facts, { services: 5, memory: 0, local: 0 })
    })
  )

  it.live("G41 `comporta check` renews the evidence of the boot, and says where the secrets are", () =>
    Effect.gen(function* () {
      const { installed, records } = yield* recordingSetup({})
      const { code, stdout } = yield* comporta(["check", "--config", installed.file])
      assert.strictEqual(code, 0)
      assert.notInclude(stdout, "no evidence is recorded")
      const found = yield* records
      // Only a process that serves has logged that its boot was validated.
      assert.deepStrictEqual(found.map(({ row }) => row).toSorted(), ["1.1.3#probe", "1.1.4", "1.2.1", "1.2.2#scan"])
      const sources = ["files_in_the_image", "files_on_a_mount", "files_of_unknown_mount"]
      assert.include(sources, String(found.find(({ row }) => row === "1.2.1")?.facts["source"]))
    })
  )

  it.live("G40 messages, events and refusals of a genuine provider become evidence", () =>
    Effect.gen(function* () {
      const runtime = yield* receiver(secrets["runtime/signing"])
      const { graph, records, texts, gatewayIn } = yield* recordingSetup({ runtime: runtime.url })
      yield* Effect.scoped(
        Effect.gen(function* () {
          const { url, get, deliver, send, log } = yield* gatewayIn(true)
          assert.strictEqual((yield* get(`/webhooks/whatsapp?${query}`)).text, "5")
          yield* send("one")
          yield* send("two", { capability: "reaction", input: { message_id: "wamid.in", emoji: "👍" } })
          const [first, second] = graph.effects.all
          graph.next({ refuse: 131026 })
          yield* send("three")
          const inbound = messages(text("wamid.in"))
          yield* deliver(inbound)
          yield* runtime.acknowledged(1)
          yield* log.waitFor("dispatch.delivered")
          yield* deliver(statuses(status("delivered", first?.callbackData ?? "", { id: first?.messageId ?? "" })))
          yield* log.waitFor("evidence.applied")
          const { biz_opaque_callback_data: _, ...bare } = status("sent", "", { id: second?.messageId ?? "" })
          yield* deliver(statuses(bare))
          const read = { connector: "whatsapp", account: "support", capability: "mark_read" }
          yield* ask(`${url}/v1/intents`, {
            method: "POST",
            headers: { ...bearer("crm"), "content-type": "application/json", "idempotency-key": "four" },
            body: JSON.stringify({ ...read, input: { message_id: "wamid.in" } })
          })
          // A copy counts only after the provider has confirmed the event. The gateway writes what it has noted before it judges.
          yield* Effect.andThen(get("/v1/go-no-go"), records).pipe(
            Effect.repeat({ until: (all) => all.some(({ row }) => row === "3.2:whatsapp.inbound") })
          )
          yield* deliver(inbound)
        })
      )
      const found = yield* records
      const shown = found
        .filter(({ row, result }) => result === "pass" && !bootRows.includes(row))
        .map(({ row, facts, genuine }): [string, Json] => [row, { ...facts, genuine }])
      assert.deepStrictEqual(Object.fromEntries(shown), {
        "2.1.1": { handshakes: 1, confirmed_later: 1, genuine: true },
        "2.2.3": { deduped: 1, genuine: true },
        "3.1.2#traffic": { intents: 1, second_ids: 0, genuine: true },
        "3.2:whatsapp.inbound": {
          admitted: 1,
          acknowledged: 1,
          confirmed: 1,
          confirmed_by: "capability",
          genuine: true
        },
        "3.2:whatsapp.mark_read": { answers: 1, admitted_events: 1, genuine: true },
        "3.2:whatsapp.path.call": { acknowledged: 3, genuine: true },
        "3.2:whatsapp.reaction": { ids: 1, status: "sent", own_ids: 1, genuine: true },
        "3.2:whatsapp.text": { ids: 1, status: "delivered", own_mac: 1, genuine: true },
        "3.3.2#4xx": { refused: 1, failed: 1, not_applied: 1, genuine: true },
        "4.1.1": { lines: 4, incomplete: 0, genuine: false }
      })
      const memo: Json =
        (yield* texts).map((text): Json => JSON.parse(text)).find((one) => objectOf(one)?.["memo"] === "recorder") ?? {}
      const proven = Object.keys(objectOf(objectOf(memo)?.["accounts"]) ?? {})
      assert.deepStrictEqual([...new Set(found.flatMap(({ account }) => account ?? []))], proven)
    })
  )

  it.live("G49 a second message of one intent is a violation, which no later success undoes", () =>
    Effect.gen(function* () {
      const { graph, records, gatewayIn } = yield* recordingSetup({})
      yield* Effect.scoped(
        Effect.gen(function* () {
          const { deliver, send, log } = yield* gatewayIn(true)
          yield* send("one")
          const [sent] = graph.effects.all
          const delivered = (id: string) => deliver(statuses(status("delivered", sent?.callbackData ?? "", { id })))
          yield* delivered("wamid.another")
          yield* log.waitFor("evidence.applied")
          yield* delivered(sent?.messageId ?? "")
          yield* log.waitFor("evidence.applied", 2)
        })
      )
      const violation = recordOf(yield* records, "3.1.2#traffic", "fail")
      assert.deepInclude(violation, { sticky: true, genuine: true, facts: { intents: 1, second_ids: 1 } })
    })
  )

  it.live("G40 a token that was rotated while no gateway ran counts once a call was accepted under it", () =>
    Effect.gen(function* () {
      const { graph, installed, records, gatewayIn } = yield* recordingSetup({})
      const rotate = (token: string) => {
        writeFileSync(join(installed.directory, "secrets/whatsapp/support"), `${token}\n`)
        graph.takeToken(token)
      }
      const use = (key: string) =>
        Effect.scoped(Effect.flatMap(gatewayIn(true), ({ send }) => Effect.map(send(key), ({ status: code }) => code)))
      yield* use("one")
      assert.isUndefined((yield* records).find(({ row }) => row === "1.2.3"))
      rotate("EAAG-rotated-once")
      assert.strictEqual(yield* use("two"), 200)
      const once = recordOf(yield* records, "1.2.3")
      assert.deepInclude(once, {
        genuine: true,
        facts: { changes: 1, used: "call", auth_failures: 0, refused_webhooks: 0 }
      })
      // While it serves, the gateway finds the next version when the provider refuses the one before.
      yield* Effect.scoped(
        Effect.gen(function* () {
          const { send } = yield* gatewayIn(true)
          yield* send("three")
          rotate("EAAG-rotated-twice")
          assert.strictEqual((yield* send("four")).status, 200)
        })
      )
      assert.strictEqual(recordOf(yield* records, "1.2.3").count, 2)
    })
  )

  it.live("I7 evidence in the store names no person, message, content or secret", () =>
    Effect.gen(function* () {
      const runtime = yield* receiver(secrets["runtime/signing"])
      const { graph, texts, gatewayIn } = yield* recordingSetup({
        runtime: runtime.url,
        messageId: wamid,
        person: number
      })
      yield* Effect.scoped(
        Effect.gen(function* () {
          const { deliver, send, log } = yield* gatewayIn(true)
          yield* send(canaries["an idempotency key"], { to: `+${number}`, input: { body: canaries["a text"] } })
          const [sent] = graph.effects.all
          graph.next({ refuse: 131026, says: canaries["the provider's own words"] })
          yield* send("refused", { to: `+${number}` })
          const id = sent?.messageId ?? ""
          yield* deliver(messages(text(wamid(77), { from: number, text: { body: canaries["a text"] } })))
          yield* deliver(statuses(status("read", sent?.callbackData ?? "", { id, recipient_id: number })))
          yield* runtime.acknowledged(1)
          yield* log.waitFor("evidence.applied")
        })
      )
      const all = (yield* texts).join("\n")
      assert.include(all, '"3.2:whatsapp.text"')
      assert.deepStrictEqual(leaksIn("evidence", all), [])
      for (const secret of [...Object.values(secrets), "PRIVATE KEY"]) assert.notInclude(all, secret)
    })
  )

  it.live("G37 a recorder's secret that is no key refuses the start, and says how to make one", () =>
    Effect.gen(function* () {
      const { installed } = yield* recordingSetup({})
      writeFileSync(join(installed.directory, "secrets/readiness/recorder"), "not a key of anyone\n")
      const { code, lines } = yield* installed.run()
      const checks = checksOf(lines.at(-1))
      assert.deepStrictEqual([code, failedIn(checks)], [78, ["secret:readiness/recorder"]])
      assert.include(checks.get("secret:readiness/recorder")?.remedy, "openssl genpkey -algorithm ed25519")
      assert.notInclude(JSON.stringify(lines), "not a key of anyone")
    })
  )
})
