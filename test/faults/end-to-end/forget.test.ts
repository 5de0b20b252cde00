import { assert, describe, it } from "@effect/vitest"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type { Json } from "../../../src/domain/json.ts"
import { bearer, conserves, secrets } from "../../support/client.ts"
import { hastyEntry } from "../../support/hasty.ts"
import { ask } from "../../support/http.ts"
import { openedIn } from "../../support/opened-contents.ts"
import { comporta, installation } from "../../support/program.ts"
import { becomes } from "../../support/test-bed.ts"
import { provider } from "../../support/provider.ts"
import { receiver } from "../../support/receiver.ts"
import { redisServer } from "../../support/redis-server.ts"
import { change, entry, messages, text, webhook } from "../../support/webhook.ts"

const number = "5511987650042"
const other = "5521912340000"
const key = Buffer.alloc(32, 3).toString("base64")

const wamid = (whose: string, n: number) =>
  `wamid.${Buffer.from(`\u001d\u0009\u0018\u000d${whose}\u0015\u0002${n}`).toString("base64")}`
const said = (whose: string, n: number, body: string) => text(wamid(whose, n), { from: whose, text: { body } })

const nothing = { events: 0, deadLetters: 0, quarantined: 0, replies: 0, intents: 0, limits: 0, unreadable: 0 }

describe("erasure of a person", () => {
  it.live(
    "G36 erasure leaves no trace of the person in the store, keeps other people's data, and conservation holds",
    () =>
      Effect.gen(function* () {
        const redis = yield* redisServer()
        const graph = yield* provider((n) => wamid(number, n))
        const runtime = yield* receiver(secrets["runtime/signing"])
        const installed = yield* installation({
          redisUrl: redis.url,
          provider: graph.url,
          runtime: runtime.url,
          sealed: true,
          entry: hastyEntry
        })
        const gateway = yield* installed.start
        const post = (path: string, body?: Json) =>
          ask(`${gateway.url}${path}`, {
            method: "POST",
            headers: { ...bearer("crm"), "content-type": "application/json" },
            ...(body === undefined ? {} : { body: JSON.stringify(body) })
          })
        const later = (name: string, to: string) =>
          ask(`${gateway.url}/v1/intents`, {
            method: "POST",
            headers: { ...bearer("crm"), "idempotency-key": name, prefer: "respond-async" },
            body: JSON.stringify({
              connector: "whatsapp",
              account: "support",
              capability: "text",
              to,
              input: { body: `later for ${to}` }
            })
          })

        const sent = yield* gateway.send("to-him", { to: `+${number}` })
        assert.strictEqual(sent.status, 200)
        yield* post("/v1/accounts/whatsapp/support/pause")
        const [his, theirs] = [yield* later("his", `+${number}`), yield* later("theirs", `+${other}`)]
        assert.deepStrictEqual([his.status, theirs.status], [202, 202])
        const intents = (to: string) => ({
          intents: [
            { key: "k", account: "support", capability: "text", to: `+${to}`, input: { body: `reply to ${to}` } }
          ]
        })
        runtime.replies(wamid(number, 1), intents(number))
        runtime.replies(wamid(other, 1), intents(other))
        runtime.replies(wamid(number, 2), ...Array.from({ length: 20 }, () => 410))
        yield* gateway.deliver(messages(said(number, 1, "his first"), said(other, 1, "their first")))
        yield* gateway.line("dispatch.delivered", 2)
        yield* gateway.deliver(messages(said(number, 2, "his poison")))
        yield* gateway.line("dispatch.dead_lettered")
        runtime.replies(wamid(number, 3), [503, 600])
        yield* gateway.deliver(messages(said(number, 3, "his pending")))
        yield* gateway.line("dispatch.held")
        yield* gateway.deliver(messages(said(number, 4, "his pending behind it")))
        const strange = (whose: string) => webhook(entry(change({ messages: [said(whose, 9, "not ours")] }, "4711")))
        yield* gateway.deliver(strange(number))
        yield* gateway.deliver(strange(other))
        yield* gateway.deliver(Buffer.from(`{"broken": "+55 11 98765-0042"`))

        const before = yield* openedIn(redis.url, key)
        assert.isAbove(before.count, 10)
        for (const one of ["his first", "his poison", "his pending", "later for", "reply to", wamid(number, 9)]) {
          assert.include(before.text, one)
        }
        const counts = yield* gateway.counts
        assert.deepInclude(counts, { delivered: 2, deadLettered: 1, pending: 2, quarantined: 3 })

        const file = join(installed.directory, "person")
        writeFileSync(file, "+55 (11) 98765-0042\n")
        const forget = (...words: ReadonlyArray<string>) => {
          const keyFile = join(installed.directory, "secrets/api/crm")
          const where = ["--url", gateway.url, "--key-file", keyFile, "--json", "--connector", "whatsapp"]
          return comporta(["forget", ...words, ...where])
        }
        const done = yield* forget("--person-file", file, "--because", "asked on paper")
        assert.deepStrictEqual([done.code, done.stderr], [0, ""])
        const erased = JSON.parse(done.stdout)
        assert.deepInclude(erased, {
          events: 4,
          pending: 2,
          deadLetters: 1,
          quarantined: 2,
          replies: 1,
          intents: 2,
          abandoned: 1,
          underWay: 0,
          unreadable: 0
        })

        const after = yield* openedIn(redis.url, key)
        for (const [what, one] of Object.entries({
          number,
          written: "98765-0042",
          poison: "his ",
          later: `later for +${number}`
        })) {
          assert.notInclude(after.text, one, what)
        }
        const hidden = (after.text.match(/[A-Za-z0-9+/]{12,}/g) ?? []).flatMap((word) =>
          [0, 1, 2, 3].map((from) => Buffer.from(word.slice(from), "base64").toString("latin1"))
        )
        assert.isFalse(hidden.some((one) => one.includes(number)))
        for (const one of ["their first", `later for +${other}`, `reply to ${other}`, wamid(other, 9)]) {
          assert.include(after.text, one)
        }
        const now = yield* gateway.counts
        assert.isTrue(conserves(now))
        assert.deepInclude(now, { ...counts, pending: 0, deadLettered: 3 })
        const ended = yield* gateway.intent(his.at("intentId"))
        assert.deepStrictEqual([ended.at("state"), ended.at("failure", "code")], ["failed", "recipient_forgotten"])
        assert.isUndefined((yield* gateway.intent(sent.at("intentId"))).at("receipt"))
        assert.strictEqual((yield* gateway.intent(sent.at("intentId"))).at("state"), "sent")

        const audit = yield* gateway.get("/v1/audit")
        assert.strictEqual(audit.at("entries", 0, "action"), "person.forget")
        assert.match(String(audit.at("entries", 0, "subject")), /^whatsapp [0-9a-f]{32}$/)
        const again = yield* forget("5511987650042")
        assert.deepInclude(JSON.parse(again.stdout), nothing)
        assert.strictEqual((yield* forget()).code, 2)
        const invalid = yield* forget("Silva")
        assert.strictEqual(invalid.code, 1)
        assert.notInclude(invalid.stderr, "Silva")
        assert.include((yield* forget("5511987650042", "--because", `of ${number}`)).stderr, "reason_names_person")
        assert.strictEqual((yield* post("/v1/people/forget", { connector: "pigeon", person: number })).status, 404)

        yield* post("/v1/accounts/whatsapp/support/resume")
        yield* becomes(gateway.intent(theirs.at("intentId")), (one) => one.at("state") === "sent")
        yield* graph.effects.until((all) => all.length >= 3)
        assert.deepStrictEqual(graph.effects.all.map(({ to }) => to).toSorted(), [
          `+${number}`,
          `+${other}`,
          `+${other}`
        ])
        assert.notInclude(runtime.accepted(), wamid(number, 4))
        gateway.signal("SIGTERM")
        const output = yield* gateway.ended
        assert.notInclude(output.stdout + output.stderr, number)
      }),
    90_000
  )
})
