import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Json } from "../../src/domain/json.ts"
import { canaries, leaksFrom, number, secrets, wamid } from "../support/canaries.ts"
import { type Answer, ask } from "../support/http.ts"
import { testBedOf } from "../support/test-bed.ts"
import { openedIn } from "../support/opened-contents.ts"
import { bytesOf, entry, messages, signature, status, statuses, text, webhook } from "../support/webhook.ts"

const sealingKey = Buffer.alloc(32, 3).toString("base64")

/** A person in each form that a name may have. */
const forms = [
  number,
  Buffer.from(number).toString("base64url"),
  Buffer.from(number).toString("hex"),
  canaries["a user name"],
  `to_${number}`
]

const aReply = (n: number, over: Readonly<Record<string, Json>>): Json => ({
  key: `${canaries["an idempotency key"]}-${n}`,
  account: "support",
  capability: "text",
  to: `+${number}`,
  input: { body: canaries["an answer"] },
  ...over
})

describe("I7 person in place of a name", () => {
  it.live(
    "a person in place of a name leaks nowhere, and leaves nothing after erasure",
    () =>
      Effect.gen(function* () {
        const { redis, graph, runtime, installed } = yield* testBedOf({ sealed: true, secrets }, wamid)
        const program = yield* installed.start
        const sinks: Record<string, string> = {}
        const authorization = `Bearer ${canaries["an API key"]}`
        const note = <E>(where: string, answer: Effect.Effect<Answer, E>) =>
          Effect.tap(answer, (one) =>
            Effect.sync(() => {
              // The caller that sent a message may see its receipt.
              const receipt =
                one.status === 200 && where.startsWith("/v1/intents ") ? one.at("receipt", "messageId") : ""
              sinks[`the answer to ${where}`] = `${one.text.replace(String(receipt), "")}${JSON.stringify(one.headers)}`
            })
          )
        const get = (path: string) => note(path, ask(`${program.url}${path}`, { headers: { authorization } }))
        const post = (path: string, body: Json, more: Readonly<Record<string, string>> = {}) =>
          note(
            `${path} ${Object.keys(sinks).length}`,
            ask(`${program.url}${path}`, {
              method: "POST",
              headers: { authorization, ...more },
              body: JSON.stringify(body)
            })
          )
        const deliver = (body: Json) =>
          program.post(body, { "x-hub-signature-256": signature(canaries["the app secret"], bytesOf(body)) })

        const replies = [
          ...forms.map((account, n) => aReply(n, { account })),
          ...forms.filter((form) => /^[a-z]/.test(form)).map((capability, n) => aReply(10 + n, { capability }))
        ]
        runtime.replies(wamid(1), { intents: replies })
        yield* deliver(messages(text(wamid(1), { from: number })))
        yield* program.line("reply.refused", replies.length)
        runtime.replies(wamid(2), { intents: [{ ...Object(aReply(0, {})), [canaries["a name"]]: 1 }] }, 204)
        yield* deliver(messages(text(wamid(2), { from: number })))
        yield* program.line("dispatch.refused")

        yield* deliver(statuses(status("maria_silva", number, { id: wamid(3), recipient_id: number })))
        yield* deliver(statuses(status("failed", "", { id: wamid(4), errors: [{ code: number, title: number }] })))
        yield* deliver(messages(text(wamid(5), { from: number, type: canaries["a user name"] })))
        yield* deliver(webhook(entry({ field: canaries["a user name"], value: { [number]: number } })))

        for (const form of forms) {
          const key = `${form}-${canaries["an idempotency key"]}`
          yield* post("/v1/intents", Object(aReply(0, { connector: "whatsapp", key: 1, [form]: 1 })), {
            "idempotency-key": key
          })
          yield* post(
            "/v1/intents",
            {
              connector: "whatsapp",
              account: "support",
              capability: "text",
              to: `+${number}`,
              input: { body: "x", [form]: { [form]: 1 } }
            },
            { "idempotency-key": key, prefer: form, "user-agent": form, [`x-${form}`]: form }
          )
          yield* post(`/v1/events/${form}/replay`, {})
          yield* post(`/v1/dead-letters/${form}/redrive`, { [form]: 1 })
          yield* post("/v1/events/replay", { filter: { from: 0, account: form } })
          yield* post("/v1/dead-letters/redrive", { filter: { account: form, connector: form, reason: form } })
          yield* post("/v1/quarantine/release", { filter: { reason: "payload", connector: form } })
          yield* post("/v1/resolutions", { verdict: "sent", reason: "x", filter: { account: form, capability: form } })
          yield* get(`/v1/intents?state=${form}&${form}=${form}`)
          yield* get(`/v1/events?order=${form}`)
          yield* get(`/v1/audit?cursor=${form}`)
          yield* get(`/v1/media/whatsapp/${form}/1`)
          yield* program.get(`/webhooks/${form}?${form}=${form}`)
        }
        graph.next({ refuse: Number(number), says: number })
        yield* post(
          "/v1/intents",
          { connector: "whatsapp", account: "support", capability: "text", to: "+15550102031", input: { body: "x" } },
          { "idempotency-key": "refused with a number" }
        )

        for (const list of ["events", "dead-letters", "quarantine", "audit", "accounts"]) yield* get(`/v1/${list}`)
        const failed = yield* get("/v1/intents?state=failed")
        assert.match(failed.text, /"account":"unknown_[0-9a-f]{32}"/)
        assert.include(failed.text, "not_configured")
        sinks["the metrics"] = (yield* program.get("/metrics")).text
        const forgotten = yield* post("/v1/people/forget", { connector: "whatsapp", person: number })
        assert.strictEqual(forgotten.status, 200)
        sinks["the store, opened, once the person is erased"] = (yield* openedIn(redis.url, sealingKey)).text
        program.signal("SIGTERM")
        const { stdout, stderr } = yield* program.ended
        assert.deepStrictEqual(leaksFrom({ ...sinks, stdout, stderr }), [])
        assert.notInclude(stdout + sinks["the answer to /v1/events"], "maria_silva")
      }),
    90_000
  )
})
