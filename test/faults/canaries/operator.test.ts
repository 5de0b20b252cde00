import { assert, describe, it } from "@effect/vitest"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type { Json } from "../../../src/domain/json.ts"
import { askRedis } from "../../support/ask-redis.ts"
import { canaries, leaksFrom, number, secrets, wamid } from "../../support/canaries.ts"
import { hastyEntry } from "../../support/hasty.ts"
import { type Answer, ask } from "../../support/http.ts"
import { testBedOf } from "../../support/test-bed.ts"
import { comporta } from "../../support/program.ts"
import { everythingIn } from "../../support/store-contents.ts"
import { bytesOf, change, entry, messages, signature, status, statuses, text, webhook } from "../../support/webhook.ts"

const said = (n: number, more = {}) => text(wamid(n), { from: number, text: { body: canaries["a text"] }, ...more })
const intent = (body: string = canaries["an answer"]): Json => ({
  connector: "whatsapp",
  account: "support",
  capability: "text",
  to: `+${number}`,
  input: { body }
})

describe("I7 operator actions", () => {
  it.live(
    "operator actions leak nothing into lists, audit log, metrics, logs or the store",
    () =>
      Effect.gen(function* () {
        const { redis, graph, runtime, installed } = yield* testBedOf(
          { sealed: true, secrets, entry: hastyEntry },
          wamid
        )
        const program = yield* installed.start
        const sinks: Record<string, string> = {}
        const note = <E>(where: string, answer: Effect.Effect<Answer, E>) =>
          Effect.tap(answer, (one) =>
            Effect.sync(() => (sinks[`the answer to ${where}`] = one.text + JSON.stringify(one.headers)))
          )
        const authorization = `Bearer ${canaries["an API key"]}`
        const get = (path: string) => note(path, ask(`${program.url}${path}`, { headers: { authorization } }))
        const post = (path: string, body: Json, more: Readonly<Record<string, string>> = {}) =>
          note(
            path,
            ask(`${program.url}${path}`, {
              method: "POST",
              headers: { authorization, ...more },
              body: JSON.stringify(body)
            })
          )
        const deliver = (body: Json | Uint8Array) =>
          program.post(body, { "x-hub-signature-256": signature(canaries["the app secret"], bytesOf(body)) })
        const send = (key: string, body: Json, more = {}) =>
          ask(`${program.url}/v1/intents`, {
            method: "POST",
            headers: { authorization, "idempotency-key": `${canaries["an idempotency key"]}-${key}`, ...more },
            body: JSON.stringify(body)
          })
        const command = (...words: ReadonlyArray<string>) => {
          const where = ["--url", program.url, "--key-file", join(installed.directory, "secrets/api/crm")]
          return Effect.tap(comporta([...words, ...where]), ({ stdout, stderr }) =>
            Effect.sync(() => (sinks[`the output of ${words[0]}`] = stdout + stderr))
          )
        }
        const reason = `${canaries["a name"]} ${number}`

        runtime.replies(wamid(1), {
          intents: [
            {
              key: canaries["an idempotency key"],
              account: "support",
              capability: "text",
              to: `+${number}`,
              input: { body: canaries["an answer"] }
            },
            { key: "wrong", account: "support", capability: "text", to: canaries["a name"], input: { body: 7 } }
          ]
        })
        runtime.replies(wamid(2), ...Array.from({ length: 20 }, () => 410))
        yield* deliver(messages(said(1)))
        yield* graph.effects.until((all) => all.length > 0)
        yield* deliver(messages(said(2)))
        yield* program.line("dispatch.dead_lettered")
        yield* deliver(webhook(entry(change({ messages: [said(3)] }, number))))
        yield* deliver(Buffer.from(`{"${canaries["a body that is no JSON"]}": "+55 11 98765-0042"`))

        graph.next("drop")
        const doubt = yield* send("doubt", intent())
        assert.strictEqual(doubt.status, 504)
        const callbackData = graph.requests.all.at(-1)?.callbackData ?? ""
        yield* deliver(statuses(status("failed", callbackData, { id: wamid(8), recipient_id: number })))
        yield* program.line("evidence.applied")
        graph.next("html")
        const second = yield* send("second", intent())
        const doubted = String(second.at("intentId"))
        yield* post(`/v1/intents/${doubted}/resolution`, { verdict: "sent", reason })
        yield* post(`/v1/intents/${wamid(1)}/resolution`, { verdict: "sent", reason })
        yield* post("/v1/resolutions", { verdict: number, reason })
        yield* command("resolve", doubted, "--verdict", "sent", "--reason", reason)
        yield* post("/v1/accounts/whatsapp/support/pause", { reason })
        yield* post(`/v1/accounts/whatsapp/${canaries["a name"]}/pause`, { reason })
        const accepted = yield* send("later", intent(), { prefer: "respond-async" })
        assert.strictEqual(accepted.status, 202)
        yield* send("wrong later", intent(""), { prefer: "respond-async" })
        yield* send("held", intent())

        yield* get("/v1/events")
        yield* get(`/v1/events/${number}`)
        yield* get(`/v1/events?cursor=${number}&from=${canaries["a name"].replaceAll(" ", "+")}`)
        const letters = yield* get("/v1/dead-letters")
        const letter = String(letters.at("deadLetters", 0, "id"))
        const items = yield* get("/v1/quarantine")
        yield* get("/v1/accounts")
        yield* get("/v1/connectors")
        // Receipts, whoever may read may see.
        const failed = yield* ask(`${program.url}/v1/intents?state=failed`, { headers: { authorization } })
        assert.notInclude(failed.text, canaries["an answer"])
        yield* get("/v1/intents?state=accepted")
        yield* post(`/v1/quarantine/${String(items.at("items", 0, "id"))}/release`, { reason })
        yield* post(`/v1/quarantine/${number}/release`, { reason })
        yield* post("/v1/quarantine/release", { filter: { reason: "unknown_account", connector: number }, reason })
        yield* command("redrive", letter, "--because", reason)
        yield* command("redrive", "--all", "--reason", "payload", "--quarantine", "--because", reason)
        yield* command("replay", "--from", "0", "--because", reason)
        yield* post("/v1/events/replay", { filter: { from: number }, reason })
        yield* post("/v1/dead-letters/redrive", { filter: { reason: number }, cursor: wamid(1) })
        const stored = yield* everythingIn(redis.url)
        sinks["the store before"] = stored
        yield* post("/v1/people/forget", { connector: "whatsapp", person: number, reason })
        yield* post("/v1/people/forget", { connector: canaries["a name"], person: number })
        yield* post("/v1/people/forget", { connector: "whatsapp", person: canaries["a name"] })
        yield* post("/v1/people/forget", { connector: "whatsapp", person: number, cursor: wamid(1) })
        const forgotten = yield* command("forget", `+${number}`, "--connector", "whatsapp")
        assert.strictEqual(forgotten.code, 0)
        yield* post("/v1/accounts/whatsapp/support/resume", { reason })
        sinks["the metrics"] = (yield* program.get("/metrics")).text
        sinks["the store"] = yield* everythingIn(redis.url)
        yield* Effect.promise(() => askRedis(redis.port, ["CONFIG", "SET", "maxmemory", "1mb"]))
        yield* send("full", intent())
        program.signal("SIGTERM")
        const { stdout, stderr } = yield* program.ended
        assert.deepStrictEqual(leaksFrom({ ...sinks, stdout, stderr }), [])
        assert.isAbove(Object.keys(sinks).length, 25)
        assert.isAbove(stored.length, 5_000)
      }),
    90_000
  )
})
