import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Capability, verified } from "../../src/connector/capability.ts"
import { ProviderHttp } from "../../src/connector/provider-http.ts"
import type { PersonalPart } from "../../src/domain/event.ts"
import type { Receipt } from "../../src/domain/intent.ts"
import { fixtureChannel } from "../fakes/channel.ts"
import { channelOf } from "./one-capability.ts"

const definition = {
  id: "one",
  input: Schema.Struct({ text: Schema.String }),
  recipient: "absent",
  send: () => Effect.succeed<Receipt>({})
} as const

const input = { text: "hello" }
const preparedOf = Effect.fnUntraced(function* (id: string, to?: string) {
  const channel = yield* fixtureChannel()
  const capability = channel.accounts.get("front")?.capabilities.get(id)
  if (capability === undefined) return yield* Effect.die(new Error(`no ${id}`))
  return { proof: capability.proof, prepared: yield* Effect.fromResult(capability.prepare(input, to)) }
})

const respondWith = (body: string, status = 200) => {
  const caller = {
    call: () => Effect.succeed({ status, headers: {}, body }),
    open: () => Effect.die("not opened here")
  }
  return Effect.provideService(ProviderHttp, { ...caller, within: () => caller })
}

describe("G20 proofs", () => {
  it("a read-back proof requires a function, and other proofs take none", () => {
    // @ts-expect-error a read-back needs a way to look
    verified({ ...definition, proof: "read-back" })
    expectTypeOf<typeof verified>().toBeFunction()
  })

  it.effect("a read-back proof returns the messages that the provider lists", () =>
    Effect.gen(function* () {
      const { prepared, proof } = yield* preparedOf("reply", "c-1")
      assert.strictEqual(proof, "read-back")
      assert.isUndefined(prepared.isEcho)
      const found = yield* prepared.find?.(5).pipe(respondWith("r-1 7000 hello\nr-2 8000 other")) ?? Effect.succeed([])
      assert.deepStrictEqual(found, [{ messageId: "r-1", createdAt: 7_000 }])
    })
  )

  it.effect("an echo proof compares content and recipient", () =>
    Effect.gen(function* () {
      const { prepared, proof } = yield* preparedOf("say", "+1555")
      assert.strictEqual(proof, "message-echo")
      assert.isUndefined(prepared.find)
      const echo = (content: PersonalPart["content"]) => prepared.isEcho?.({ providerId: "m-1", content })
      assert.isTrue(echo({ text: "hello", to: "+1555" }))
      assert.isFalse(echo({ text: "hello", to: "+1666" }))
    })
  )

  it.effect("a channel exposes a proof only for verified capabilities", () =>
    Effect.gen(function* () {
      const { prepared, proof } = yield* preparedOf("poke", "+1555")
      assert.isUndefined(proof)
      assert.isUndefined(prepared.find)
      const made: Capability<object, object> = {
        ...verified({ ...definition, proof: "status-echo" }),
        protection: "unprotected"
      }
      const { accounts } = yield* channelOf(made)
      assert.isUndefined(accounts.get("front")?.capabilities.get("one")?.proof)
    })
  )
})
