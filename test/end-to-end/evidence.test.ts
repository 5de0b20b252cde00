import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { JsonObject } from "../../src/domain/json.ts"
import { startGateway, type Gateway } from "../support/gateway.ts"
import { provider, type Turn } from "../support/provider.ts"
import { status, statuses } from "../support/webhook.ts"

const started = Effect.fnUntraced(function* (pepper?: string) {
  const graph = yield* provider()
  const gateway = yield* startGateway({ provider: graph.url, ...(pepper === undefined ? {} : { pepper }) })
  /** Sends one text that is treated so; answers its id and the callback data that the provider holds. */
  const performed = Effect.fnUntraced(function* (key: string, turn: Turn) {
    graph.next(turn)
    const answer = yield* gateway.send(key)
    return { key, intentId: answer.at("intentId"), callbackData: graph.requests.all.at(-1)?.callbackData ?? "" }
  })
  return { graph, gateway, performed }
})
const running = Effect.suspend(() => started())

/** Delivers a status and waits until the ledger has taken it. */
const deliverStatus = Effect.fnUntraced(function* (
  gateway: Gateway,
  name: string,
  callbackData: string,
  more?: JsonObject
) {
  const before = gateway.log.of("evidence.applied").length
  yield* gateway.deliver(statuses(status(name, callbackData, more)))
  yield* gateway.log.waitFor("evidence.applied", before + 1)
})

const errors = [{ code: 131026, title: "Message undeliverable", message: "Message undeliverable" }]

describe("statuses with our callback data", () => {
  it.live("a status resolves a doubt to sent, and its key then returns the message id", () =>
    Effect.gen(function* () {
      const { gateway, graph, performed } = yield* running
      const { intentId, callbackData } = yield* performed("doubt", "drop")
      assert.strictEqual((yield* gateway.intent(intentId)).at("state"), "in_doubt")
      yield* deliverStatus(gateway, "sent", callbackData, { id: "wamid.effect-1" })
      const view = yield* gateway.intent(intentId)
      assert.strictEqual(view.status, 200)
      assert.deepInclude(Object(view.json), {
        intentId,
        state: "sent",
        attempt: 1,
        delivery: "sent",
        account: "support",
        capabilityId: "whatsapp.text",
        protection: "verified",
        receipt: { messageId: "wamid.effect-1" }
      })
      assert.isUndefined(view.at("failure"))
      const again = yield* gateway.send("doubt")
      assert.strictEqual(again.status, 200)
      assert.strictEqual(again.at("receipt", "messageId"), "wamid.effect-1")
      assert.lengthOf(graph.requests.all, 1)
    })
  )

  it.live("a failed status resolves a doubt to failed, with the provider's code", () =>
    Effect.gen(function* () {
      const { gateway, graph, performed } = yield* running
      const { intentId, callbackData } = yield* performed("doubt", "fail_after_accepting")
      yield* deliverStatus(gateway, "failed", callbackData, { errors })
      const view = yield* gateway.intent(intentId)
      assert.strictEqual(view.at("state"), "failed")
      assert.deepInclude(Object(view.at("failure")), {
        code: "131026",
        class: "ProviderError",
        certainty: "not_applied"
      })
      const again = yield* gateway.send("doubt")
      assert.strictEqual(again.status, 502)
      assert.strictEqual(again.at("safeNewKey"), true)
      assert.lengthOf(graph.requests.all, 1)
    })
  )

  it.live("the explanation of a failed status is shown with its intent alone, and not logged", () =>
    Effect.gen(function* () {
      const { gateway, performed } = yield* running
      const { callbackData, intentId } = yield* performed("explained later", "accept")
      const details = "a canary about the recipient"
      yield* deliverStatus(gateway, "failed", callbackData, {
        id: "wamid.effect-1",
        errors: [
          { code: 131026, title: "Message undeliverable", message: "Message undeliverable", error_data: { details } }
        ]
      })
      const view = yield* gateway.intent(intentId)
      assert.deepStrictEqual(view.at("failure", "explanation"), { message: "Message undeliverable", details })
      assert.notInclude(JSON.stringify(gateway.log.lines), "canary")
      assert.notInclude((yield* gateway.get("/v1/intents?state=sent")).text, "canary")
    })
  )

  it.live("statuses move a sent intent only forward; delivered outranks failed in either order (G19)", () =>
    Effect.gen(function* () {
      const { gateway, performed } = yield* running
      const one = yield* performed("one", "accept")
      yield* deliverStatus(gateway, "failed", one.callbackData, { id: "wamid.effect-1", errors })
      const failed = yield* gateway.intent(one.intentId)
      assert.deepStrictEqual(
        [failed.at("state"), failed.at("delivery"), failed.at("failure", "code")],
        ["sent", "failed", "131026"]
      )
      yield* deliverStatus(gateway, "delivered", one.callbackData, { id: "wamid.effect-1" })
      yield* deliverStatus(gateway, "sent", one.callbackData, { id: "wamid.effect-1" })
      const delivered = yield* gateway.intent(one.intentId)
      assert.deepStrictEqual([delivered.at("state"), delivered.at("delivery")], ["sent", "delivered"])
      assert.isUndefined(delivered.at("failure"))

      const two = yield* performed("two", "accept")
      yield* deliverStatus(gateway, "read", two.callbackData, { id: "wamid.effect-2" })
      yield* deliverStatus(gateway, "failed", two.callbackData, { id: "wamid.effect-2", errors })
      const read = yield* gateway.intent(two.intentId)
      assert.deepStrictEqual([read.at("state"), read.at("delivery"), read.at("failure")], ["sent", "read", undefined])
    })
  )

  it.live("a delivered status after a rejection makes the intent disputed", () =>
    Effect.gen(function* () {
      const { gateway, graph, performed } = yield* running
      const { intentId, callbackData } = yield* performed("refused", { refuse: 131026 })
      yield* deliverStatus(gateway, "delivered", callbackData)
      assert.strictEqual((yield* gateway.intent(intentId)).at("state"), "disputed")
      const again = yield* gateway.send("refused")
      assert.strictEqual(again.status, 504)
      assert.strictEqual(again.at("safeNewKey"), false)
      assert.lengthOf(graph.requests.all, 1)
    })
  )

  it.live("a status that precedes the provider's response counts as evidence", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      graph.next("wait")
      const caller = yield* Effect.forkScoped(gateway.send("early"))
      const [request] = yield* graph.requests.atLeast(1)
      yield* deliverStatus(gateway, "delivered", request?.callbackData ?? "", { id: "wamid.effect-1" })
      graph.letGo()
      const answer = yield* Fiber.join(caller)
      assert.strictEqual(answer.at("outcome"), "sent")
      const view = yield* gateway.intent(answer.at("intentId"))
      assert.deepStrictEqual([view.at("state"), view.at("delivery")], ["sent", "delivered"])
    })
  )
})

describe("G18 foreign callback data", () => {
  it.live("callback data that is forged or of another attempt, intent or deployment changes nothing", () =>
    Effect.gen(function* () {
      // Two deployments that share a pepper, so that both have an intent of the same id.
      const pepper = Buffer.alloc(32, 9).toString("base64")
      const { gateway, performed } = yield* started(pepper)
      const other = yield* started(pepper)
      const { intentId, callbackData } = yield* performed("doubt", "drop")
      const theirs = yield* other.performed("doubt", "drop")
      assert.strictEqual(theirs.intentId, intentId)
      const second = yield* performed("second", "drop")
      const [version = "", deployment = "", id = "", attempt = "", mac = ""] = callbackData.split(".")
      const [, theirDeployment = "", , , theirMac = ""] = theirs.callbackData.split(".")
      const forged = [
        "",
        "c1",
        theirs.callbackData,
        [version, deployment, id, attempt, theirMac].join("."),
        [version, theirDeployment, id, attempt, mac].join("."),
        [version, deployment, id, "2", mac].join("."),
        [version, deployment, String(second.intentId), attempt, mac].join("."),
        ["c2", deployment, id, attempt, mac].join("."),
        [version, deployment, id, attempt, mac.slice(0, -1)].join("."),
        `${callbackData}.`,
        `${callbackData} `,
        callbackData.toUpperCase()
      ]
      for (const [index, data] of forged.entries()) {
        const answer = yield* gateway.deliver(statuses(status("delivered", data, { id: `wamid.forged-${index}` })))
        assert.deepInclude(Object(answer.json), { admitted: 1 })
      }
      // Of the same conversation as all the others, so the ledger has passed them when it has taken this one.
      yield* deliverStatus(gateway, "sent", second.callbackData)
      assert.strictEqual((yield* gateway.intent(intentId)).at("state"), "in_doubt")
      assert.lengthOf(gateway.log.of("evidence.applied"), 1)
      assert.strictEqual((yield* other.gateway.intent(theirs.intentId)).at("state"), "in_doubt")
    })
  )
})
