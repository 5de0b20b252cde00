import { closeSync, openSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { fdSink, type Sink } from "../../../layers/telemetry/line-buffer.ts"
import { stdoutLog } from "../../../layers/telemetry/outputs.ts"
import { Log } from "../../../src/log/log.ts"

/** A reader that a test can make slow or send away. */
const reader = () => {
  const writes: Array<string> = []
  let takes: (bytes: Uint8Array) => number | "closed" = (bytes) => bytes.length
  const sink: Sink = (bytes) => {
    const taken = takes(bytes)
    if (typeof taken === "number" && taken > 0) writes.push(Buffer.from(bytes.subarray(0, taken)).toString())
    return taken
  }
  return {
    writes,
    sink,
    setWriter: (next: typeof takes) => {
      takes = next
    },
    lines: () =>
      writes
        .join("")
        .split("\n")
        .filter((line) => line !== "")
        .map((line): Record<string, unknown> => JSON.parse(line))
  }
}

const written = (writes: ReadonlyArray<string>) =>
  Effect.callback<void>((resume) => {
    const look = () => void (writes.length > 0 ? resume(Effect.void) : setImmediate(look))
    look()
  })

describe("log on standard output", () => {
  it.effect("the log writes successive lines in one batch", () => {
    const { lines, sink, writes } = reader()
    return Effect.gen(function* () {
      const { write } = yield* Log
      yield* TestClock.setTime(1_790_000_000_000)
      write("info", "server.listening", { port: 8080 })
      write("warn", "store.away")
      assert.lengthOf(writes, 0)
      yield* written(writes)
      assert.lengthOf(writes, 1)
      assert.deepStrictEqual(lines(), [
        { time: "2026-09-21T14:13:20.000Z", level: "info", event: "server.listening", port: 8080 },
        { time: "2026-09-21T14:13:20.000Z", level: "warn", event: "store.away" }
      ])
    }).pipe(Effect.provide(stdoutLog({ sink })))
  })

  it.effect("the log writes at once when 64 KiB are pending", () => {
    const { sink, writes } = reader()
    return Effect.gen(function* () {
      const { write } = yield* Log
      for (let count = 0; count < 2_000; count += 1) write("info", "inbound.admitted", { attempt: count })
      assert.isAtLeast(writes.length, 2)
      for (const text of writes) assert.isBelow(text.length, 70_000)
    }).pipe(Effect.provide(stdoutLog({ sink })))
  })

  it.effect("the log has written everything after a flush and after its scope has closed", () => {
    const { lines, sink } = reader()
    return Effect.gen(function* () {
      yield* Effect.gen(function* () {
        const { flush, write } = yield* Log
        write("info", "server.draining")
        flush()
        assert.lengthOf(lines(), 1)
        write("info", "server.stopped")
      }).pipe(Effect.provide(stdoutLog({ sink })))
      assert.deepStrictEqual(
        lines().map(({ event }) => event),
        ["server.draining", "server.stopped"]
      )
    })
  })

  it.effect("the log omits lines below its level", () => {
    const { lines, sink } = reader()
    return Effect.gen(function* () {
      const { flush, write } = yield* Log
      write("debug", "internal")
      write("info", "internal")
      write("error", "internal")
      flush()
      assert.deepStrictEqual(
        lines().map(({ level }) => level),
        ["error"]
      )
    }).pipe(Effect.provide(stdoutLog({ sink, minimum: "warn" })))
  })

  it.effect("the log loses and repeats nothing when its reader takes a few bytes at a time", () => {
    const { lines, sink, setWriter } = reader()
    return Effect.gen(function* () {
      const { flush, write } = yield* Log
      let calls = 0
      setWriter((bytes) => ((calls += 1) % 3 === 0 ? 0 : Math.min(7, bytes.length)))
      for (let attempt = 0; attempt < 50; attempt += 1) write("info", "internal", { attempt })
      flush()
      assert.deepStrictEqual(
        lines().map(({ attempt }) => attempt),
        Array.from({ length: 50 }, (_, attempt) => attempt)
      )
    }).pipe(Effect.provide(stdoutLog({ sink })))
  })

  it.effect("the log drops lines for a reader that is far behind, and reports their number", () => {
    const { lines, sink, setWriter } = reader()
    return Effect.gen(function* () {
      const { flush, write } = yield* Log
      setWriter(() => 0)
      const total = 150_000
      for (let count = 0; count < total; count += 1) write("info", "internal")
      setWriter((bytes) => bytes.length)
      flush()
      write("info", "server.stopped")
      flush()
      const [notice, last] = lines().slice(-2)
      assert.strictEqual(last?.["event"], "server.stopped")
      assert.strictEqual(notice?.["error"], "LinesLost")
      assert.strictEqual(Number(notice?.["lost"]) + lines().length - 2, total)
    }).pipe(Effect.provide(stdoutLog({ sink })))
  })

  it.effect("the log continues after its reader has closed the pipe", () => {
    const { sink, setWriter, writes } = reader()
    return Effect.gen(function* () {
      const { flush, write } = yield* Log
      setWriter(() => "closed")
      write("info", "internal")
      flush()
      setWriter((bytes) => bytes.length)
      write("info", "internal")
      flush()
      assert.lengthOf(writes, 0)
    }).pipe(Effect.provide(stdoutLog({ sink })))
  })

  it("the log treats a closed descriptor as a closed reader, and a full disk as a slow one", () => {
    const full = openSync("/dev/full", "w")
    assert.strictEqual(fdSink(full)(Buffer.from("x")), 0)
    closeSync(full)
    assert.strictEqual(fdSink(full)(Buffer.from("x")), "closed")
  })
})
