import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { JsonObject } from "../../../src/domain/json.ts"
import { becomes } from "../../support/test-bed.ts"
import { installation } from "../../support/program.ts"
import { messages, text } from "../../support/webhook.ts"

describe.concurrent("reader of the output", () => {
  const thousand = (webhook: number) =>
    messages(...Array.from({ length: 1_000 }, (_, n) => text(`wamid.${webhook}.${n}`)))

  it.live("a gateway continues when the reader of its output has closed the pipe", () =>
    Effect.gen(function* () {
      const program = yield* Effect.flatMap(installation(), ({ start }) => start)
      program.leaveOutput("close")
      for (const n of [1, 2, 3]) assert.strictEqual((yield* program.deliver(thousand(n))).status, 200)
      program.signal("SIGTERM")
      assert.strictEqual((yield* program.ended).code, 0)
    })
  )

  it.live("a gateway continues when the reader of its output stalls, and reports the number of lost lines", () =>
    Effect.gen(function* () {
      const program = yield* Effect.flatMap(installation(), ({ start }) => start)
      program.leaveOutput("pause")
      // Over 8 MiB of lines: more than is kept for a reader that is slow.
      for (let n = 0; n < 40; n++) assert.strictEqual((yield* program.deliver(thousand(n))).status, 200)
      program.leaveOutput("resume")
      const isLoss = (line: JsonObject) => line["error"] === "LinesLost"
      // It is told with the next line that there is room for.
      const post = Effect.suspend(() => program.deliver(messages(text(`wamid.${program.lines.all.length}`))))
      yield* becomes(post, () => program.lines.all.some(isLoss))
      assert.isAbove(Number(program.lines.all.find(isLoss)?.["lost"]), 0)
    })
  )
})
