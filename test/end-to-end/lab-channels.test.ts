import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { listOf, objectOf } from "../../plugins/meta/read-json.ts"
import { ask } from "../support/http.ts"
import { lab } from "../support/lab.ts"
import { becomes } from "../support/test-bed.ts"

describe("lab channels", () => {
  it.live("the lab simulates messages and comments on Instagram and Messenger, at the addresses that it prints", () =>
    Effect.gen(function* () {
      const { page, output } = yield* lab
      const gateway = Number(new URL(page).port) - 1
      const key = /Bearer (lab_[A-Za-z0-9]+)/.exec(output())?.[1] ?? ""
      for (const [connector, name, after] of [
        ["instagram", "Instagram", 3],
        ["messenger", "Messenger", 4]
      ] as const) {
        const at = `http://127.0.0.1:${gateway + after}`
        assert.include(output(), `${name}, as a page: ${at}/`)
        const control = (what: string, body: object) =>
          ask(`${at}/_simulator/${what}`, { method: "POST", body: JSON.stringify(body) })
        const effects = Effect.map(ask(`${at}/_simulator/effects`), (answer) =>
          (listOf(answer.at("effects")) ?? []).map((one) => `${objectOf(one)?.["type"]} ${objectOf(one)?.["text"]}`)
        )
        const from = `90000000000000${after}`
        assert.strictEqual((yield* control("customer-messages", { from, text: "olá" })).at("admitted"), true)
        yield* becomes(effects, (all) => all.includes("text You said: olá"))
        assert.strictEqual((yield* control("comments", { from, text: "how much?", id: "1_2" })).at("admitted"), true)
        const reply = (again: string) =>
          ask(`http://127.0.0.1:${gateway}/v1/intents`, {
            method: "POST",
            headers: { authorization: `Bearer ${key}`, "idempotency-key": `${connector}-${again}` },
            body: JSON.stringify({
              connector,
              account: "support",
              capability: "private_reply",
              to: "1_2",
              input: { text: "10" }
            })
          })
        const sent = yield* reply("first")
        assert.deepStrictEqual([sent.status, sent.at("outcome")], [200, "sent"], sent.text)
        assert.strictEqual((yield* reply("second")).status, 502)
        assert.include(yield* effects, "private_reply 10")
        const shown = yield* ask(`${at}/lab/channel.json`)
        assert.deepStrictEqual([shown.at("id"), shown.at("name")], [connector, name])
        assert.strictEqual((yield* ask(`${at}/`)).text, (yield* ask(page)).text)
      }
    })
  )
})
