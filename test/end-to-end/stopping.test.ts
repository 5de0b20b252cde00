import { Agent, request } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { testBed } from "../support/test-bed.ts"
import type { Program } from "../support/program.ts"

const now = Clock.currentTimeMillis

/** A caller that keeps its connection open and idle. */
const lingering = (program: Program) =>
  Effect.acquireRelease(
    Effect.callback<Agent>((resume) => {
      const agent = new Agent({ keepAlive: true })
      request(`${program.url}/livez`, { agent }, (response) => {
        response.resume().on("end", () => resume(Effect.succeed(agent)))
      }).end()
    }),
    (agent) => Effect.sync(() => agent.destroy())
  )

describe.concurrent("stopping gateway", () => {
  const stops = (name: string, signals: ReadonlyArray<NodeJS.Signals>) =>
    it.live(`a gateway stopped by ${name} exits 0 within 3 s, whatever it is doing, and frees its port`, () =>
      Effect.gen(function* () {
        const { graph, installed } = yield* testBed
        const program = yield* installed.start
        yield* lingering(program)
        graph.next("hang")
        yield* Effect.forkScoped(Effect.exit(program.send("under-way")))
        yield* graph.requests.atLeast(1)
        const stoppedAt = yield* now
        for (const signal of signals) program.signal(signal)
        const { code, lines, stderr } = yield* program.ended
        assert.isBelow((yield* now) - stoppedAt, 3_000)
        assert.strictEqual(code, 0)
        assert.strictEqual(stderr, "")
        assert.deepStrictEqual(lines.map(({ event }) => event).slice(-2), ["server.draining", "server.stopped"])
        const again = yield* installed.start
        assert.strictEqual((yield* again.get("/readyz")).status, 200)
        assert.strictEqual((yield* again.send("under-way")).status, 409)
        assert.lengthOf(graph.requests.all, 1)
      })
    )
  stops("SIGTERM", ["SIGTERM"])
  stops("SIGINT", ["SIGINT"])
  stops("SIGTERM twice", ["SIGTERM", "SIGTERM"])

  it.live("a stopping gateway settles a call that ends meanwhile", () =>
    Effect.gen(function* () {
      const { graph, installed } = yield* testBed
      const program = yield* installed.start
      graph.next("wait")
      yield* Effect.forkScoped(Effect.exit(program.send("ending")))
      yield* graph.requests.atLeast(1)
      program.signal("SIGTERM")
      yield* program.line("server.draining")
      graph.letGo()
      assert.strictEqual((yield* program.ended).code, 0)
      const again = yield* installed.start
      assert.strictEqual((yield* again.send("ending")).at("outcome"), "deduped")
      assert.lengthOf(graph.requests.all, 1)
    })
  )

  it.live("a stopping gateway exits 0 within 3 s while its store is silent", () =>
    Effect.gen(function* () {
      const { redis, graph, installed } = yield* testBed
      const program = yield* installed.start
      graph.next("hang")
      yield* Effect.forkScoped(Effect.exit(program.send("under-way")))
      yield* graph.requests.atLeast(1)
      redis.freeze()
      const stoppedAt = yield* now
      program.signal("SIGTERM")
      const { code } = yield* program.ended
      redis.thaw()
      assert.strictEqual(code, 0)
      assert.isBelow((yield* now) - stoppedAt, 3_000)
    })
  )
})
