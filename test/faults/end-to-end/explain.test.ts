import { execFile } from "node:child_process"
import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { listOf, objectOf, textOf } from "../../../plugins/meta/read-json.ts"
import type { Json } from "../../../src/domain/json.ts"
import { aText, bearer } from "../../support/client.ts"
import { hastyEntry } from "../../support/hasty.ts"
import { ask } from "../../support/http.ts"
import { becomes, testBedOf } from "../../support/test-bed.ts"
import { change, entry, messages, text, webhook } from "../../support/webhook.ts"

const program = resolve(import.meta.dirname, "../../../bin/comporta.js")

/** Runs a line as a person's shell does, in a folder where `comporta` is the program. */
const shellIn = (directory: string) => {
  const bin = join(directory, "bin")
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, "comporta"), `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`)
  chmodSync(join(bin, "comporta"), 0o755)
  return (line: string) =>
    Effect.promise(
      () =>
        new Promise<{ readonly code: number; readonly out: string }>((done) => {
          const env = { PATH: `${bin}:/usr/local/bin:/usr/bin:/bin` }
          execFile("/bin/sh", ["-c", line], { env, cwd: directory }, (error, stdout, stderr) =>
            done({ code: typeof error?.code === "number" ? error.code : Number(error !== null), out: stdout + stderr })
          )
        })
    )
}

/** Returns the lines that an explanation prints to be run. */
const printed = (out: string) =>
  out.split("\n").flatMap((line) => (/^ {4}(?:comporta|curl) /.test(line) ? [line.trim()] : []))

const running = Effect.gen(function* () {
  const bed = yield* testBedOf({ entry: hastyEntry })
  const gateway = yield* bed.installed.start
  const run = shellIn(bed.installed.directory)
  /** Explains an id as a person does, and runs every line that it prints. */
  const explain = Effect.fnUntraced(function* (id: unknown, ...exits: ReadonlyArray<number>) {
    const asked = yield* gateway.get(`/v1/explain/${String(id)}`)
    assert.strictEqual(asked.status, 200, asked.text)
    const { code, out } = yield* run(`comporta explain --url ${gateway.url} --key-file secrets/api/crm ${String(id)}`)
    assert.strictEqual(code, 0, out)
    const ends = []
    for (const line of printed(out)) {
      const end = yield* run(line)
      ends.push(end.code)
      assert.notInclude(end.out, "comporta: no gateway", line)
    }
    assert.deepStrictEqual(ends, [...exits], out)
    const codes = (["why", "duplicate", "retry"] as const).map((part) => String(asked.at(part, "code")))
    return { out, answer: [...codes, String(asked.at("fault", "side"))].join(" ") }
  })
  return { ...bed, gateway, explain }
})

const kinds = (json: Json) => textOf(objectOf(json)?.["eventId"])

describe.concurrent("explain", () => {
  it.live(
    "I9 an operator gets the answer about an intent in one command, and each command that it prints works",
    () =>
      Effect.gen(function* () {
        const { explain, gateway, graph, installed } = yield* running
        const send = (key: string) => Effect.map(gateway.send(key), ({ at }) => at("intentId"))

        const sent = yield* send("sent")
        assert.strictEqual(yield* send("sent"), sent)
        const one = yield* explain(sent)
        assert.strictEqual(one.answer, "answered single never undefined")

        graph.next({ refuse: 131_047, says: "a text of the provider" })
        const refused = yield* explain(yield* send("provider"))
        assert.strictEqual(refused.answer, "failed none new_key provider")
        assert.notInclude(refused.out, "a text of the provider")
        graph.next({ refuse: 100 })
        assert.strictEqual((yield* explain(yield* send("payload"))).answer, "failed none new_key payload")

        graph.next("drop")
        const doubt = yield* send("doubt")
        // The verdict `sent`, then the explanation again, since `not_sent` is not possible yet.
        const unknown = yield* explain(doubt, 0, 0)
        assert.strictEqual(unknown.answer, "outcome_unknown at_most_one evidence provider")
        assert.strictEqual((yield* explain(doubt)).answer, "resolved single never undefined")

        const pause = yield* ask(`${gateway.url}/v1/accounts/whatsapp/support/pause`, {
          method: "POST",
          headers: bearer("crm")
        })
        assert.strictEqual(pause.status, 200)
        const accepted = yield* ask(`${gateway.url}/v1/intents`, {
          method: "POST",
          headers: { ...bearer("crm"), "idempotency-key": "later", prefer: "respond-async" },
          body: JSON.stringify(aText)
        })
        // The account is resumed by `curl`, then the explanation again.
        const waiting = yield* explain(accepted.at("intentId"), 0, 0)
        assert.match(waiting.answer, /^waits_for_turn none gateway/)
        assert.include(waiting.out, "is paused by `operator` until it is resumed")
        assert.strictEqual((yield* gateway.get("/v1/accounts")).at("accounts", 0, "state"), "ok")

        const none = yield* gateway.get(`/v1/explain/int_${"0".repeat(32)}`)
        assert.deepStrictEqual([none.status, none.at("code")], [404, "not_found"])
        for (const { out } of [one, refused, unknown, waiting]) {
          assert.notMatch(out, /wamid|1555\d{6}|hello/)
          assert.include(out, "#1 ")
        }
        assert.isDefined(installed)
      }),
    120_000
  )

  it.live(
    "I9 an operator gets the answer about an event in one command, and each command that it prints works",
    () =>
      Effect.gen(function* () {
        const { explain, gateway, runtime } = yield* running
        const idOf = (name: string) =>
          Effect.map(gateway.get("/v1/events?order=oldest"), (page) => {
            const all = (listOf(page.at("events")) ?? []).map(kinds)
            return all[["good", "poison", "first", "second"].indexOf(name)]
          })
        yield* gateway.deliver(messages(text("wamid.good", { from: "15550109999" })))
        yield* gateway.line("dispatch.delivered")
        const good = yield* explain(yield* idOf("good"), 0)
        assert.strictEqual(good.answer, "acknowledged single never undefined")
        const replayed = yield* explain(yield* idOf("good"), 0)
        assert.strictEqual(replayed.answer, "acknowledged sent_again never undefined")

        runtime.replies("wamid.poison", ...Array.from({ length: 5 }, () => 422))
        yield* gateway.deliver(messages(text("wamid.poison")))
        yield* gateway.line("dispatch.dead_lettered")
        const dead = yield* explain(yield* idOf("poison"), 0)
        assert.strictEqual(dead.answer, "runtime_refused single operator runtime")
        assert.include(dead.out, "runtime_refused_422")
        yield* becomes(gateway.counts, ({ pending }) => pending === 0)

        runtime.replies("wamid.first", "wait")
        yield* gateway.deliver(messages(text("wamid.first"), text("wamid.second")))
        yield* runtime.arrivals.until((all) => all.some(({ providerId }) => providerId === "wamid.first"))
        const first = yield* idOf("first")
        const second = yield* explain(yield* idOf("second"), 0)
        assert.strictEqual(second.answer, "waits_behind single gateway undefined")
        assert.include(second.out, String(first))
        assert.strictEqual((yield* explain(first, 0)).answer, "waits_for_turn single gateway undefined")
        runtime.letGo()

        yield* gateway.deliver(webhook(entry(change({ messages: [text("wamid.theirs")] }, "200000000000099"))))
        const items = yield* gateway.get("/v1/quarantine")
        // The account is not configured, so that the release is refused.
        const item = yield* explain(items.at("items", 0, "id"), 1)
        assert.strictEqual(item.answer, "quarantined none operator infra")
        for (const { out } of [good, dead, second, item]) assert.notMatch(out, /wamid|1555\d{6}|this is/)
      }),
    120_000
  )
})
