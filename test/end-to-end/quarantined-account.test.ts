import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { startGateway } from "../support/gateway.ts"
import { change, entry, messages, phoneNumberId, text, webhook } from "../support/webhook.ts"

const stranger = "200000000000099"
const foreign = (id: string, number: string) => webhook(entry(change({ messages: [text(id)] }, number)))

describe("quarantined items", () => {
  it.live("I7 the quarantine lists a hash of the provider account, equal for one account, and never its id", () =>
    Effect.gen(function* () {
      const gateway = yield* startGateway({ store: "memory" })
      yield* gateway.deliver(foreign("wamid.1", stranger))
      yield* gateway.deliver(foreign("wamid.2", stranger))
      yield* gateway.deliver(foreign("wamid.3", "200000000000098"))
      const list = yield* gateway.get("/v1/quarantine?order=oldest")
      const hashes = [0, 1, 2].map((n) => String(list.at("items", n, "providerAccountHash")))
      for (const hash of hashes) assert.match(hash, /^[0-9a-f]{32}$/)
      assert.strictEqual(hashes[0], hashes[1])
      assert.notStrictEqual(hashes[0], hashes[2])
      assert.notInclude(list.text, stranger)
      assert.strictEqual(list.at("items", 0, "account"), undefined)
      const one = yield* gateway.get(`/v1/quarantine/${String(list.at("items", 0, "id"))}`)
      assert.deepStrictEqual([one.at("providerAccount"), one.at("providerAccountHash")], [stranger, hashes[0]])
    })
  )

  it.live("the quarantine lists an undecoded item under the alias of its configured account", () =>
    Effect.gen(function* () {
      const gateway = yield* startGateway({ store: "memory" })
      yield* gateway.deliver(messages("no message"))
      const list = yield* gateway.get("/v1/quarantine")
      assert.deepStrictEqual([list.at("items", 0, "reason"), list.at("items", 0, "account")], ["payload", "support"])
      const one = yield* gateway.get(`/v1/quarantine/${String(list.at("items", 0, "id"))}`)
      assert.strictEqual(one.at("providerAccount"), phoneNumberId)
      yield* gateway.deliver(Buffer.from("no JSON"))
      const [body] = yield* Effect.map(gateway.get("/v1/quarantine?order=newest&limit=1"), (page) => [
        page.at("items", 0)
      ])
      assert.notProperty(body, "providerAccountHash")
    })
  )
})
