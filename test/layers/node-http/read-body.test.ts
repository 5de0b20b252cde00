import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readBody } from "../../../layers/node-http/read-body.ts"
import { toNowhere } from "../../http/to-nowhere.ts"

const read = (chunks: ReadonlyArray<Uint8Array>) =>
  Effect.callback<Uint8Array | undefined>((resume) => {
    const { request, end } = toNowhere("/")
    readBody(
      request,
      1_048_576,
      () => undefined,
      (body) => resume(Effect.succeed(body))
    )
    for (const chunk of chunks) request.push(chunk)
    end()
  })

describe("body reader", () => {
  it.live("the body reader returns the same bytes however they are split", () =>
    Effect.gen(function* () {
      const expected = Buffer.from(Array.from({ length: 100_000 }, (_, n) => n % 251))
      for (const sizes of [[1], [1, 5_000], [1_023, 1_024], [16_384], [3, 1_000, 2_000, 7], [100_000]]) {
        const chunks: Array<Buffer> = []
        for (let from = 0, n = 0; from < expected.length; n++) {
          const size = sizes[n % sizes.length] ?? 1
          chunks.push(expected.subarray(from, from + size))
          from += size
        }
        assert.isTrue(expected.equals((yield* read(chunks)) ?? Buffer.alloc(0)), String(sizes))
      }
    })
  )

  it.live("G50 the body reader keeps single bytes in few buffers", () =>
    Effect.gen(function* () {
      const count = 200_000
      const before = process.memoryUsage().arrayBuffers
      const one = Buffer.from("x")
      const { request, end } = toNowhere("/")
      let length: number | undefined
      readBody(
        request,
        1_048_576,
        () => undefined,
        (body) => {
          length = body?.length
        }
      )
      for (let n = 0; n < count; n++) request.emit("data", Buffer.from(one))
      assert.isBelow(process.memoryUsage().arrayBuffers - before, 64 * count)
      request.emit("end")
      end()
      assert.strictEqual(length, count)
    })
  )
})
