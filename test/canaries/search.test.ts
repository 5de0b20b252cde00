import { assert, describe, it } from "@effect/vitest"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { askRedis } from "../support/ask-redis.ts"
import { canaries, leaksFrom, leaksIn, number, wamid } from "../support/canaries.ts"
import { ask, listening } from "../support/http.ts"
import { installation, launched } from "../support/program.ts"
import { redisServer } from "../support/redis-server.ts"
import { everythingIn } from "../support/store-contents.ts"

const phone = ["a phone number"]
const whats = (leaks: ReadonlyArray<string>) => leaks.map((leak) => leak.split(" in ")[0])

describe("I7 search for canaries", () => {
  it.each([
    number,
    `+${number}`,
    "+55 11 98765-0042",
    "+55 (11) 98765.0042",
    `a${number}b`,
    encodeURIComponent(`to=+${number}`),
    wamid(7),
    Buffer.from(`x${number}`).toString("base64"),
    Buffer.from(`xy${number}`).toString("base64url"),
    Buffer.from(number).toString("hex"),
    Buffer.from(`+${number}`).toString("hex").toUpperCase(),
    JSON.stringify(JSON.stringify({ wa_id: number }))
  ])("the search finds a number written as %s", (text) => {
    assert.includeMembers(whats(leaksIn("here", `{"event":"x","y":"${text}"}`)), phone)
  })

  it("the search finds each canary in plain text, base64 and hex", () => {
    for (const [what, canary] of Object.entries(canaries)) {
      for (const text of [canary, ...(["base64", "hex"] as const).map((as) => Buffer.from(canary).toString(as))]) {
        assert.includeMembers(whats(leaksIn("here", `said ${text} so`)), [what])
      }
    }
  })

  it("the search finds nothing in a text without canaries", () => {
    const line = `{"time":"2026-01-31T12:00:00.000Z","level":"info","event":"webhook.admitted","dedupeKey":"evt_${"0f".repeat(16)}"}`
    assert.deepStrictEqual(leaksFrom({ line, metric: "comporta_events_received_total 12345678" }), [])
  })

  it.live("the search finds canaries planted in output, crash, response, metrics and the store", () =>
    Effect.gen(function* () {
      const installed = yield* installation()
      const entry = join(installed.directory, "leaking.mjs")
      writeFileSync(
        entry,
        `console.log(JSON.stringify({ event: "x", to: "${number}" }))
throw new Error("${canaries["the access token"]}")
`
      )
      const { program } = yield* launched(installed.file, installed.port, { entry })
      const { stdout, stderr } = yield* program.ended
      assert.deepStrictEqual(leaksFrom({ stdout, stderr }), ["a phone number in stdout", "the access token in stderr"])

      const server = yield* listening((_, __, response) =>
        response
          .setHeader("x-thread", canaries["a correlation id"])
          .end(`comporta_intents_total{outcome="${canaries["a name"]}"} 1`)
      )
      const answer = yield* ask(`http://127.0.0.1:${server.port}/metrics`)
      const sinks = { metrics: answer.text, headers: JSON.stringify(answer.headers) }
      assert.deepStrictEqual(leaksFrom(sinks), ["a name in metrics", "a correlation id in headers"])

      const redis = yield* redisServer()
      const put = (...words: readonly [string, ...ReadonlyArray<string>]) =>
        Effect.promise(() => askRedis(redis.port, words))
      yield* put("SET", "some:key", "nothing")
      assert.deepStrictEqual(leaksFrom({ store: yield* everythingIn(redis.url) }), [])
      const planted: ReadonlyArray<readonly [string, ...ReadonlyArray<string>]> = [
        ["SET", number, "in a key"],
        ["SET", "text", wamid(1)],
        ["HSET", "hash", number, "in a field"],
        ["HSET", "hash", "field", Buffer.from(number).toString("hex")],
        ["ZADD", "zset", "1", number],
        ["XADD", "stream", "*", "r", number]
      ]
      for (const [at, words] of planted.entries()) {
        yield* put("FLUSHALL")
        yield* put(...words)
        const found = leaksFrom({ store: yield* everythingIn(redis.url) })
        assert.includeMembers([...found], ["a phone number in store"], `planted ${at}`)
      }
    })
  )
})
