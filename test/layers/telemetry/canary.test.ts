import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { effectLogger, stdoutLog } from "../../../layers/telemetry/outputs.ts"
import { InfraError } from "../../../src/domain/failure.ts"
import { Log } from "../../../src/log/log.ts"
import { RecordedLog } from "../../fakes/log.ts"
import * as FakeLog from "../../fakes/log.ts"

class Told extends Data.TaggedError("Told")<{ readonly secret: string }> {
  override get message() {
    return `it is ${this.secret}`
  }
}

const canary = "canary-5511999999999"
const encodings = [canary, Buffer.from(canary).toString("base64"), encodeURIComponent(canary)]

/** All that an effect makes the log write. */
const written = (effect: Effect.Effect<unknown, unknown, Log>) =>
  Effect.gen(function* () {
    let output = ""
    const sink = (bytes: Uint8Array) => {
      output += Buffer.from(bytes).toString()
      return bytes.length
    }
    yield* Effect.exit(effect).pipe(
      Effect.provide(effectLogger.pipe(Layer.provideMerge(stdoutLog({ sink, minimum: "debug" }))))
    )
    return output
  })

const silent = (output: string) => {
  for (const encoding of encodings) assert.notInclude(output, encoding)
}

const stackInMessage = new Error(`${canary}\n    at ${canary} (/${canary}/x.ts:1:2)\nlast`)

const leaks: Readonly<Record<string, Effect.Effect<unknown, unknown, Log>>> = {
  "a message": Effect.logError(canary),
  "an object that is logged": Effect.logWarning({ [canary]: canary }, [canary]),
  "an error that is logged": Effect.logError("failed", new Error(canary)),
  "a cause that is logged": Effect.logFatal("failed", Cause.die(new TypeError(canary))),
  "a failure of a tagged error": Effect.logError("failed", Cause.fail(new Told({ secret: canary }))),
  "a failure that is text": Effect.logError(Cause.fail(canary)),
  "a cause of a cause": Effect.logError(Cause.fail(new Error("outer", { cause: new Error(canary) }))),
  "an error of ours with a cause": Effect.logError(
    Cause.fail(
      new InfraError({ code: "x", operation: "y", certainty: "unknown", transient: true, cause: new Error(canary) })
    )
  ),
  "a stack in a message": Effect.logError(Cause.die(stackInMessage)),
  "a message that is changed later": Effect.suspend(() => {
    const error = new Error(`${canary} first`)
    error.message = "second"
    return Effect.logError(Cause.die(error))
  }),
  annotations: Effect.logError("x").pipe(Effect.annotateLogs({ [canary]: canary }), Effect.withLogSpan(canary)),
  "a name of an error": Effect.suspend(() => {
    const error = new Error("x")
    error.name = canary
    return Effect.logError(Cause.die(error))
  }),
  "an aggregate": Effect.logError(Cause.die(new AggregateError([new Error(canary)], canary))),
  "a redacted value": Effect.logError(Redacted.make(canary), Redacted.value(Redacted.make(canary))),
  "a defect of an unobserved fiber": Effect.gen(function* () {
    const fiber = yield* Effect.forkDetach(Effect.die(new Error(canary)), { startImmediately: true })
    yield* Fiber.await(fiber)
  })
}

describe("I7 leaks through Effect's log", () => {
  for (const [what, effect] of Object.entries(leaks)) {
    it.effect(`the log hides a value in ${what}`, () => Effect.map(written(effect), silent))
  }

  it.effect("the log names class and place of a defect", () =>
    Effect.gen(function* () {
      const lines = (yield* written(Effect.logError("x", Cause.die(new RangeError(canary))))).trim().split("\n")
      assert.lengthOf(lines, 1)
      const { time: _time, frames, ...line } = JSON.parse(lines[0] ?? "{}")
      assert.deepStrictEqual(line, { level: "error", event: "internal", error: "RangeError" })
      assert.match(frames[0], /^layers\/telemetry\/canary\.test\.ts:\d+$/)
    })
  )

  it.effect("the log names a tagged failure by its tag, and any other value by its type", () =>
    Effect.gen(function* () {
      const error = (output: string): unknown => JSON.parse(output)["error"]
      assert.strictEqual(error(yield* written(Effect.logInfo(Cause.fail(new Told({ secret: canary }))))), "Told")
      assert.strictEqual(error(yield* written(Effect.logInfo(Cause.fail(canary)))), "string")
      assert.strictEqual(error(yield* written(Effect.logInfo(Cause.interrupt(1)))), "Interrupt")
      assert.strictEqual(error(yield* written(Effect.logInfo("only words"))), undefined)
    })
  )

  it.effect("the fake log records the lines that were written", () =>
    Effect.gen(function* () {
      const { lines, of, waitFor } = yield* RecordedLog
      const waiting = yield* Effect.forkChild(waitFor("store.back"), { startImmediately: true })
      const { write } = yield* Log
      write("warn", "store.away")
      write("info", "store.back")
      assert.lengthOf(yield* Fiber.join(waiting), 1)
      assert.lengthOf(lines, 2)
      assert.deepStrictEqual(of("store.away"), [{ level: "warn", event: "store.away", fields: {} }])
    }).pipe(Effect.provide(FakeLog.layer))
  )
})
