import { execFile } from "node:child_process"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { listOf } from "../../plugins/meta/read-json.ts"
import { aText, bearer } from "../support/client.ts"
import { ask } from "../support/http.ts"
import { becomes } from "../support/test-bed.ts"
import { installation } from "../support/program.ts"
import { provider } from "../support/provider.ts"
import { redisServer } from "../support/redis-server.ts"

const later = (url: string, key: string, text: string, to = "+15550001111") =>
  ask(`${url}/v1/intents`, {
    method: "POST",
    headers: {
      ...bearer("crm"),
      "content-type": "application/json",
      "idempotency-key": key,
      prefer: "respond-async"
    },
    body: JSON.stringify({ ...aText, to, input: { body: text } })
  })

const comporta = (...words: ReadonlyArray<string>) =>
  Effect.promise(
    () =>
      new Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>((resolve) => {
        execFile(
          process.execPath,
          [join(import.meta.dirname, "../../src/main.ts"), ...words],
          (error, stdout, stderr) =>
            resolve({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : 1, stdout, stderr })
        )
      })
  )

describe("accepted intents", () => {
  it.live(
    "G24 an accepted intent is performed once, in the order of its conversation, by whichever process runs",
    () =>
      Effect.gen(function* () {
        const graph = yield* provider()
        const redis = yield* redisServer()
        const options = { provider: graph.url, redisUrl: redis.url, sealed: true }
        const [one, two] = [yield* installation(options), yield* installation(options)]
        const first = yield* one.start
        const second = yield* two.start
        const people = Array.from({ length: 8 }, (_, n) => `+1555000100${n}`)
        const accepts = Effect.fnUntraced(function* (n: number, ...urls: ReadonlyArray<string>) {
          for (const [index, to] of people.entries()) {
            const answer = yield* later(urls[index % urls.length] ?? "", `${to}-${n}`, `${n}`, to)
            assert.strictEqual(answer.status, 202, answer.text)
            assert.strictEqual(answer.at("outcome"), "accepted")
            assert.strictEqual(answer.headers["preference-applied"], "respond-async")
          }
        })
        yield* accepts(1, first.url, second.url)
        yield* accepts(2, first.url, second.url)
        first.signal("SIGTERM")
        yield* accepts(3, second.url)
        assert.strictEqual((yield* first.ended).code, 0)
        const left = Effect.map(
          second.get("/v1/intents?state=accepted"),
          (answer) => listOf(answer.at("intents"))?.length ?? -1
        )
        yield* becomes(left, (count) => count === 0)
        yield* graph.effects.atLeast(24)
        for (const to of people) {
          const texts = graph.effects.all.filter((sent) => sent.to.endsWith(to.slice(1))).map(({ text }) => text)
          assert.deepStrictEqual(texts, ["1", "2", "3"], to)
        }
        assert.lengthOf(graph.effects.all, 24)
      }).pipe(Effect.scoped),
    60_000
  )

  it.live("an operator resolves a doubt by the command line, with a dry run first", () =>
    Effect.gen(function* () {
      const graph = yield* provider()
      const installed = yield* installation({ provider: graph.url })
      const gateway = yield* installed.start
      graph.next("drop")
      const answer = yield* gateway.send("doubted")
      assert.strictEqual(answer.at("state"), "in_doubt")
      const id = String(answer.at("intentId"))
      const key = join(installed.directory, "secrets/api/crm")
      const to = ["--url", gateway.url, "--key-file", key, "--reason", "the customer has answered"]
      const early = yield* comporta("resolve", ...to, "--verdict", "not_sent", id)
      assert.strictEqual(early.code, 1, early.stderr)
      assert.include(early.stderr, "too_early")
      const dry = yield* comporta("resolve", ...to, "--verdict", "sent", "--all", "--capability", "text", "--dry-run")
      assert.include(dry.stdout, `${id}  would_resolve  in_doubt`)
      assert.strictEqual((yield* gateway.intent(id)).at("state"), "in_doubt")
      const done = yield* comporta("resolve", ...to, "--verdict", "sent", "--json", id)
      assert.strictEqual(done.code, 0, done.stderr)
      assert.strictEqual(JSON.parse(done.stdout).state, "sent")
      assert.strictEqual((yield* comporta("resolve", ...to, "--verdict", "sent")).code, 2)
      const audit = yield* gateway.get("/v1/audit")
      assert.strictEqual(audit.at("entries", 0, "reason"), "the customer has answered")
    })
  )
})
