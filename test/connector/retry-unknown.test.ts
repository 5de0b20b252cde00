import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Capability, idempotent, unprotected, verified } from "../../src/connector/capability.ts"
import type { Receipt } from "../../src/domain/intent.ts"
import { channelOf } from "./one-capability.ts"
import { fixtureChannel } from "../fakes/channel.ts"

type Parameter<F extends (definition: never) => unknown> = Parameters<F>[0]

const definition = {
  id: "one",
  input: Schema.Struct({ text: Schema.String }),
  recipient: "absent",
  send: () => Effect.succeed<Receipt>({})
} as const
const proof = "status-echo"

describe("G21 retry of unknown outcomes", () => {
  it("an idempotent capability may declare retries of unknown outcomes", () => {
    assert.strictEqual(idempotent({ ...definition, retryUnknown: 2 }).retryUnknown, 2)
    assert.isUndefined(idempotent(definition).retryUnknown)
    expectTypeOf<Parameter<typeof idempotent>>().toHaveProperty("retryUnknown")
  })

  it("a verified or unprotected capability cannot declare retries of unknown outcomes", () => {
    // @ts-expect-error a verified capability takes no retry of unknown outcomes
    const one = verified({ ...definition, proof, retryUnknown: 2 })
    // @ts-expect-error an unprotected capability takes no retry of unknown outcomes
    const other = unprotected({ ...definition, retryUnknown: 2 })
    assert.deepStrictEqual([one.protection, other.protection], ["verified", "unprotected"])
    expectTypeOf<Parameter<typeof verified>>().not.toHaveProperty("retryUnknown")
    expectTypeOf<Parameter<typeof unprotected>>().not.toHaveProperty("retryUnknown")
  })

  it("a definition's retries are ignored for a verified or unprotected capability", () => {
    const carrying = { ...definition, proof, retryUnknown: 2 } as const
    assert.isUndefined(unprotected(carrying).retryUnknown)
    assert.isUndefined(verified(carrying).retryUnknown)
  })

  it("a capability takes a proof only if it is verified", () => {
    // @ts-expect-error a verified capability has a proof
    verified(definition)
    // @ts-expect-error an idempotent capability needs none
    idempotent({ ...definition, proof })
    // @ts-expect-error an unprotected capability has none
    unprotected({ ...definition, proof })
    const carrying = { ...definition, proof } as const
    assert.isUndefined(unprotected(carrying).proof)
  })

  it.effect("a channel exposes retries of idempotent capabilities alone, and 0 for others", () =>
    Effect.gen(function* () {
      const { accounts } = yield* fixtureChannel()
      const retries = [...(accounts.get("front")?.capabilities.values() ?? [])].map(
        ({ id, protection, retryUnknown }) => [id, protection, retryUnknown]
      )
      assert.deepStrictEqual<unknown>(retries, [
        ["fixture.mark", "idempotent", 2],
        ["fixture.post", "verified", 0],
        ["fixture.reply", "verified", 0],
        ["fixture.say", "verified", 0],
        ["fixture.poke", "unprotected", 0]
      ])
    })
  )

  it.effect("a channel ignores retries written into a capability that is not idempotent", () =>
    Effect.gen(function* () {
      const made: Capability<object, object> = { ...verified({ ...definition, proof }), retryUnknown: 2 }
      const { accounts } = yield* channelOf(made)
      assert.strictEqual(accounts.get("front")?.capabilities.get("one")?.retryUnknown, 0)
    })
  )
})
