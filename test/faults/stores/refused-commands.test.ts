import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { definedScripts } from "../../../layers/redis/scripting/script.ts"
import { askRedis, askUntil } from "../../support/ask-redis.ts"
import { conserves, secrets } from "../../support/client.ts"
import { startGateway } from "../../support/gateway.ts"
import { provider } from "../../support/provider.ts"
import { receiver } from "../../support/receiver.ts"
import { redisServer } from "../../support/redis-server.ts"
import { messages, text } from "../../support/webhook.ts"

/** Every command that any script of the store runs, as their texts have it. */
const commandsOf = () => {
  const sources = [...definedScripts().values()].map(({ source }) => source).join("\n")
  return [
    ...new Set(
      Array.from(sources.matchAll(/(?:write|call)\('([A-Z]+)'|^ *\{ '([A-Z]+)',/gm), ([, a, b]) => a ?? b ?? "")
    )
  ]
}

const customers = ["15550100001", "15550100002", "15550100003", "15550100004"]

/** So many webhooks in a row for each customer, delivered until each is answered 200. */
const flood = (round: string, from: number, to: number) =>
  customers.flatMap((customer) =>
    Array.from({ length: to - from }, (_, n) =>
      messages(text(`wamid.${round}.${customer}.${from + n}`, { from: customer }))
    )
  )

describe("G46 I2 I3 store that denies one command", () => {
  it.live("a store that denies any one command for a while loses no event and causes no second effect", () =>
    Effect.gen(function* () {
      const redis = yield* redisServer()
      const graph = yield* provider()
      const runtime = yield* receiver(secrets["runtime/signing"])
      const gateway = yield* startGateway({ redisUrl: redis.url, provider: graph.url, runtime: runtime.url })
      yield* gateway.send("warm")
      const commands = commandsOf()
      assert.isAbove(commands.length, 20)
      let expected = 0
      let people = 0
      const recipients = new Map<string, string>()
      const sendOf = (round: string, n: number) => {
        const key = `${round}-${n}`
        const to = recipients.get(key) ?? `+1555020${1_000 + people++}`
        recipients.set(key, to)
        return gateway.send(key, { to })
      }
      for (const command of commands) {
        const round = command.toLowerCase()
        const before = flood(round, 0, 3)
        const during = flood(round, 3, 6)
        yield* Effect.forEach(before, gateway.deliver, { concurrency: 8 })
        yield* Effect.promise(() => askRedis(redis.port, ["ACL", "SETUSER", "default", `-${round}`]))
        const answers = yield* Effect.forEach(during, gateway.deliver, { concurrency: 8 })
        const sends = yield* Effect.forEach([1, 2, 3], (n) => sendOf(round, n), { concurrency: 3 })
        yield* Effect.promise(() => askRedis(redis.port, ["ACL", "SETUSER", "default", `+${round}`]))
        for (const { status } of answers) assert.include([200, 503], status, command)
        for (const webhook of [...before, ...during]) {
          yield* Effect.repeat(gateway.deliver(webhook), { until: ({ status }) => status === 200, times: 50 })
        }
        expected += before.length + during.length
        yield* runtime.acknowledged(expected)
        for (const [at, { status }] of sends.entries()) {
          const again = yield* Effect.repeat(sendOf(round, at + 1), {
            until: (one) => one.status !== 503,
            times: 50
          })
          assert.include([200, 409, 504], again.status, `${command}, first ${status}`)
          assert.isAtMost(graph.effectsOf(again.at("intentId")).length, 1, command)
        }
      }
      const taken = runtime.accepted()
      for (const customer of customers) {
        const own = taken.filter((id) => id.includes(customer))
        const first = [...new Set(own)]
        const sent = commands.flatMap((command) =>
          Array.from({ length: 6 }, (_, n) => `wamid.${command.toLowerCase()}.${customer}.${n}`)
        )
        assert.sameMembers(first, sent)
      }
      yield* Effect.promise(() =>
        askUntil("the numbers of events add up", async () => {
          const counts = await Effect.runPromise(gateway.counts)
          return conserves(counts) && counts.pending === 0
        })
      )
      assert.match((yield* gateway.get("/metrics")).text, /^comporta_conservation_broken 0$/m)
    })
  )
})
